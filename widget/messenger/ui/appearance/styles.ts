import base from "../styles/base.css?inline";
import composer from "../styles/composer.css?inline";
import conversation from "../styles/conversation.css?inline";
import messages from "../styles/messages.css?inline";
import notices from "../styles/notices.css?inline";

/** As one constructed style sheet: the frame's Content-Security-Policy allows no style elements. @returns removes it */
export function adoptStyles(document: Document): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(base + conversation + messages + composer + notices);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}
