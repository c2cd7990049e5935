// Shows what the recorder kept. Elements only: the strict page allows no HTML from strings.

const failures = new Set(["authError", "error", "policy violation"]);

function show() {
  const list = document.getElementById("report");
  if (!list || !window.reported?.length) return;
  list.replaceChildren(...window.reported.map(row));
  list.parentElement.scrollTop = list.parentElement.scrollHeight;
  const violations = document.getElementById("violations");
  if (violations)
    violations.textContent = String(window.reported.filter(({ name }) => name === "policy violation").length);
}

function row({ name, detail, at }) {
  const item = document.createElement("li");
  item.dataset.event = name;
  item.className = failures.has(name) || detail?.rejected ? "reported failure" : "reported";
  const time = document.createElement("time");
  time.className = "reported-at";
  time.textContent = at.toLocaleTimeString("en-GB");
  const title = document.createElement("strong");
  title.textContent = name;
  item.append(time, title);
  if (detail && Object.keys(detail).length > 0) {
    const text = document.createElement("code");
    text.className = "detail-text";
    text.textContent = JSON.stringify(detail, null, 1).replace(/\s*\n\s*/g, " ");
    item.append(text);
  }
  return item;
}

addEventListener("reported", show);
addEventListener("visited", show);
show();
