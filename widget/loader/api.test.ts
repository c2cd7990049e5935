import { expectTypeOf, test } from "vitest";
import type { AuthProvider } from "../auth/auth-provider.ts";
import type { LoginResult } from "../bridge/messages.ts";
import type { MessengerApi } from "./api.ts";

type LoginInput = Parameters<MessengerApi["login"]>[0];

test("login() takes what a page can have, or how it gets it", () => {
  expectTypeOf<undefined>().toExtend<LoginInput>();
  expectTypeOf<{ contactJwt: string }>().toExtend<LoginInput>();
  expectTypeOf<{ platformJwt: string }>().toExtend<LoginInput>();
  expectTypeOf<{ idToken: string; nonce: string }>().toExtend<LoginInput>();
  expectTypeOf<{ authCode: string; redirectUri: string; maxAge: number }>().toExtend<LoginInput>();
  expectTypeOf<{ getToken: () => Promise<{ contactJwt: string }> }>().toExtend<LoginInput>();
  expectTypeOf<{ getAuthCode: () => Promise<null> }>().toExtend<LoginInput>();
  expectTypeOf<ReturnType<MessengerApi["login"]>>().resolves.toEqualTypeOf<LoginResult>();
});

test("login() takes no code without its redirect URI, no bare string, no function of another name", () => {
  expectTypeOf<{ authCode: string }>().not.toExtend<LoginInput>();
  expectTypeOf<string>().not.toExtend<LoginInput>();
  expectTypeOf<{ token: string }>().not.toExtend<LoginInput>();
  expectTypeOf<{ getToken: () => Promise<string> }>().not.toExtend<LoginInput>();
});

test("a provider may have any of its functions, and none that answers with something else", () => {
  expectTypeOf<{ signIn(): Promise<void> }>().toExtend<AuthProvider>();
  expectTypeOf<{ getToken(): Promise<null> }>().toExtend<AuthProvider>();
  expectTypeOf<{ getAuthCode(): Promise<{ idToken: string }> }>().toExtend<AuthProvider>();
  expectTypeOf<{ getToken(): Promise<{ token: string }> }>().not.toExtend<AuthProvider>();
  expectTypeOf<{ getAuthCode(): Promise<{ authCode: string }> }>().not.toExtend<AuthProvider>();
});
