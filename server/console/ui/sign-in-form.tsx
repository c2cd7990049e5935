import { useEffect, useRef } from "preact/hooks";
import { VouchMark } from "./icons.tsx";

export function SignInForm(props: {
  readonly problem: string | null;
  readonly onToken: (token: string) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  function submit(event: Event): void {
    event.preventDefault();
    const token = field.current?.value.trim();
    if (token) props.onToken(token);
  }

  return (
    <main class="sign-in">
      <form class="sign-in-card" onSubmit={submit}>
        <span class="brand-mark">
          <VouchMark />
        </span>
        <h1>Agent desk</h1>
        <p>Answer customers whose identity is vouched for.</p>
        <label for="token">Access token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          aria-describedby={props.problem ? "token-problem token-help" : "token-help"}
          aria-invalid={props.problem !== null}
        />
        {props.problem && (
          <p id="token-problem" class="problem" role="alert">
            {props.problem}
          </p>
        )}
        <button class="primary" type="submit">
          Sign in
        </button>
        <p id="token-help" class="fine">
          The administrator token was printed when the server first started. It is kept for this tab only.
        </p>
      </form>
    </main>
  );
}
