// Follows links without a reload, as Turbo does it: the next page's body takes the place of this one's.

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-visit]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.pushState(null, "", link.href);
  visit(link.href);
});
addEventListener("popstate", () => visit(location.href));

async function visit(address) {
  const response = await fetch(address);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  // Scripts that a parser made do not run when they are moved; a body that was replaced runs its scripts again.
  for (const script of next.body.querySelectorAll("script")) {
    const again = document.createElement("script");
    again.textContent = script.textContent;
    script.replaceWith(again);
  }
  document.title = next.title;
  document.body.replaceWith(next.body);
  dispatchEvent(new Event("visited"));
}
