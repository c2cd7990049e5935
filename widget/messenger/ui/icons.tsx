/**
 * Drawn on a grid of 20, in the colour of the text around them; their meaning is always said in words beside. A new element for
 * each place: one that is shared remembers where it was drawn last, and with that place a customer who has logged out.
 */
export const icon = (path: string) => () => (
  <svg viewBox="0 0 20 20" aria-hidden="true">
    <path d={path} />
  </svg>
);

export const closeIcon = icon("M5 5l10 10M15 5L5 15");
export const sendIcon = icon("M10 16V4M5 9l5-5 5 5");
export const clockIcon = icon("M10 3a7 7 0 1 0 .1 0zM10 6v4l3 2");
export const checkIcon = icon("M4 10l4 4 8-9");
export const doubleCheckIcon = icon("M2 10l4 4 8-9M10 14l8-9");
