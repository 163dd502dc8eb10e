import { closeSync, fstatSync, openSync, readSync, unlinkSync, writevSync } from "node:fs";
import { join } from "node:path";

/**
 * A file without a name: it is unlinked as soon as it is open, so what is in it is gone with the last process that has
 * it open, however those end. A saved plan and what Terraform prints hold secrets in clear.
 */
export class PrivateFile {
  /** Path by which a program reaches it that has it as its fourth file, after the standard ones. */
  static readonly INHERITED = "/dev/fd/3";

  private isOpen = true;

  private constructor(
    /** To be inherited by a program. */
    readonly descriptor: number,
  ) {}

  /** @param folder - folder that only this user can enter. @param name - none that is there. */
  static make(folder: string, name: string): PrivateFile {
    const path = join(folder, name);
    const descriptor = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return new PrivateFile(descriptor);
  }

  /** What is in it by now; nothing once it is closed. */
  read(): Buffer {
    if (!this.isOpen) return Buffer.alloc(0);
    const content = Buffer.alloc(fstatSync(this.descriptor).size);
    let length = 0;
    // At a position of its own: a program that has inherited it writes at another.
    for (let read = -1; read !== 0 && length < content.length; length += read)
      read = readSync(this.descriptor, content, length, content.length - length, length);
    return content.subarray(0, length);
  }

  /** Writes a text at its beginning, from which a program that inherits it reads. */
  write(text: string): void {
    const content = Buffer.from(text);
    for (let length = 0; length < content.length; )
      length += writevSync(this.descriptor, [content.subarray(length)], length);
  }

  close(): void {
    if (this.isOpen) closeSync(this.descriptor);
    this.isOpen = false;
  }
}
