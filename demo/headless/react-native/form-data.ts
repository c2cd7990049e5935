import { readFileSync } from "node:fs";

interface DeviceFile {
  readonly uri: string;
  readonly name: string;
  readonly type: string;
}

/** Takes texts and files of the device; a Blob becomes a text. */
export class DeviceFormData {
  readonly #parts: [name: string, value: unknown][] = [];

  append(name: string, value: unknown): void {
    this.#parts.push([name, value]);
  }

  /** As the native side writes it. */
  written(): Response {
    const form = new FormData();
    for (const [name, value] of this.#parts) {
      if (isDeviceFile(value))
        form.append(name, new File([readFileSync(new URL(value.uri))], value.name, { type: value.type }));
      else form.append(name, String(value));
    }
    return new Response(form);
  }
}

const isDeviceFile = (value: unknown): value is DeviceFile => typeof Object(value).uri === "string";
