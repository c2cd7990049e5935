/** The number of unread messages on the launcher, which is also the button's accessible description. */

export interface Badge {
  setCount(count: number): void;
  /** @param text override of the English text; `{count}` stands for the number */
  setText(text: string | undefined): void;
}

export function createBadge(launcher: HTMLButtonElement): Badge {
  const badge = document.createElement("span");
  let text = "";
  let count = 0;

  function render(): void {
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : `${count}`;
    badge.setAttribute("aria-label", count ? text.replace("{count}", `${count}`) : "");
  }

  badge.id = "unread";
  badge.setAttribute("role", "img");
  launcher.setAttribute("aria-describedby", badge.id);
  launcher.append(badge);

  return {
    setCount: (value) => {
      count = value;
      render();
    },
    setText: (value = "Unread messages: {count}") => {
      text = value;
      render();
    },
  };
}
