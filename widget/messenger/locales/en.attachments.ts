import { en } from "./en.ts";

/** Texts of files (`ui/attachments/`), loaded after the conversation; keys are public like those of `en.ts`. */
export const attachmentTexts = {
  ...en,

  attach: "Attach files",
  attached: "Attached files",
  uploading: "Uploading {name}",
  percent: "{percent} percent",
  checking: "Checking",
  cancel: "Cancel {name}",
  remove: "Remove {name}",
  retry: "Retry",
  save: "Save",
  saveFailed: "The file can't be had now.",

  fileTooLarge: "Larger than {megabytes} MB.",
  fileRefused: "Files of this kind are not taken.",
  filesTooMany: "Too many files. Please wait.",
  fileNetwork: "The server can't be reached.",
  fileFailed: "The file was not taken.",
} as const;
