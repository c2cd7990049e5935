import type { ComponentChildren } from "preact";

/** Drawn on a 20 × 20 grid in the colour of the text; the element beside them carries the words. */
function Icon({ children }: { readonly children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const VouchMark = () => (
  <Icon>
    <path d="M4 3.5h12a1.5 1.5 0 0 1 1.5 1.5v7.5A1.5 1.5 0 0 1 16 14h-5l-4 3.2V14H4a1.5 1.5 0 0 1-1.5-1.5V5A1.5 1.5 0 0 1 4 3.5Z" />
    <path d="m6.9 8.8 2.2 2.2 4-4.3" />
  </Icon>
);
export const VerifiedIcon = () => (
  <Icon>
    <path d="m10 2.2 6 2.1v4.9c0 3.9-2.5 6.9-6 8.4-3.5-1.5-6-4.5-6-8.4V4.3l6-2.1Z" />
    <path d="m7.2 9.8 2 2 3.7-4" />
  </Icon>
);
export const VisitorIcon = () => (
  <Icon>
    <circle cx="10" cy="7" r="3.2" />
    <path d="M4 17c.7-3.2 3-4.8 6-4.8s5.3 1.6 6 4.8" stroke-dasharray="2.2 2.6" />
  </Icon>
);
export const SendIcon = () => (
  <Icon>
    <path d="M3.5 10 17 3.5 12.5 17l-2.7-5.2L3.5 10Zm6.3 1.8L17 3.5" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M12 4.5 6.5 10l5.5 5.5" />
  </Icon>
);
export const CloseIcon = () => (
  <Icon>
    <path d="m5.5 5.5 9 9m0-9-9 9" />
  </Icon>
);
export const PersonIcon = () => (
  <Icon>
    <rect x="2.5" y="4" width="15" height="12" rx="1.8" />
    <circle cx="7.3" cy="9" r="1.7" />
    <path d="M4.8 13.3c.4-1.3 1.3-1.9 2.5-1.9s2.1.6 2.5 1.9M12.3 8.3h2.7M12.3 11.5h2.7" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m4.5 10.5 3.7 3.7 7.3-8.2" />
  </Icon>
);
export const ChecksIcon = () => (
  <Icon>
    <path d="m2 10.5 3.5 3.7L12 6.5M9 13l1.3 1.2 7.2-7.7" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="10" cy="10" r="6.5" />
    <path d="M10 6.3V10l2.4 1.6" />
  </Icon>
);
export const DownIcon = () => (
  <Icon>
    <path d="M10 4v12m-5-5 5 5 5-5" />
  </Icon>
);
export const InboxIcon = () => (
  <Icon>
    <path d="M3 11.5 5.2 4.6a1.5 1.5 0 0 1 1.4-1h6.8a1.5 1.5 0 0 1 1.4 1L17 11.5V15a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 15v-3.5Zm0 0h4l1.2 2h3.6l1.2-2h4" />
  </Icon>
);
export const ClipIcon = () => (
  <Icon>
    <path d="M15.5 9.5l-5.6 5.6a3.4 3.4 0 0 1-4.9-4.9l6-6a2.3 2.3 0 0 1 3.3 3.3l-6 5.9a1.2 1.2 0 0 1-1.6-1.6l5.3-5.3" />
  </Icon>
);
export const FileIcon = () => (
  <Icon>
    <path d="M5 2.5h7l4 4v11H5zM12 2.5v4h4" />
  </Icon>
);
