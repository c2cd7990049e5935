import type { MessengerApi } from "../widget/loader/api.ts";

declare global {
  interface Window {
    Messenger: MessengerApi;
  }
}
