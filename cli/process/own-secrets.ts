import { TextMask } from "../input/text-mask";

/** Masks the credentials of this process: an app may print what it was given, and a comment has no masks as a job's log has. */
export function ownSecrets(): TextMask {
  return new TextMask().addTexts(
    Object.entries(process.env).flatMap(([name, value = ""]) =>
      /SECRET|TOKEN|PASSWORD|_KEY$/i.test(name) ? [value] : [],
    ),
  );
}
