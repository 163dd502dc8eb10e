import { WITHOUT_HOOKS } from "../process/git-variables";
import { run } from "../process/run";

/** URL of a remote of the checkout that a folder is in, as it is written there; undefined when there is none. */
export async function remoteAddress(folder: string, remote: string): Promise<string | undefined> {
  // `git remote get-url` would tell what the user's settings put in its place.
  const ended = await run("git", ["config", "--get", `remote.${remote}.url`], {
    cwd: folder,
    env: WITHOUT_HOOKS,
  });
  return ended.exitCode === 0 && ended.stdout.trim() !== "" ? ended.stdout.trim() : undefined;
}

/** Whether two URLs are of one repository, by whatever protocol: `git@github.com:a/b.git` is `https://github.com/a/b`. */
export function isSameRepository(one: string, other: string): boolean {
  return placeOf(one) === placeOf(other);
}

function placeOf(url: string): string {
  const scp = /^(?:[^/@:]+@)?([^/:@]+):(?!\/\/)(.+)$/.exec(url);
  const [, host = "", path = ""] =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]*)\/?(.*)$/i.exec(url) ?? scp ?? [];
  const place = host === "" && path === "" ? url : `${host.replace(/:\d+$/, "").toLowerCase()}/${path}`;
  return place.replace(/\/+$/, "").replace(/\.git$/, "");
}
