import { type Outcome, stick } from "../../comment/sticky";
import type { GitHub } from "../../github/client";
import type { Marker } from "../../github/marker";
import type { PreviewRecord } from "../dashboard/data";
import { type DeploymentOutcome, keepDeployment } from "./deployment";
import { announcement, type Gone, goneText } from "./text";

/** What is said of a preview on GitHub. */
export interface AnnounceProps {
  /** Repository of the branch. */
  readonly github: GitHub;

  /** The preview; one that is gone has a name and a receipt. */
  readonly preview: PreviewRecord | Gone;

  /** The pull request. @default - none: there is no comment then */
  readonly pull?: number | undefined;

  /** Login of the token's owner. */
  readonly author: string;

  /** The run that says it. */
  readonly run: Marker["run"];

  /** Region of the previews. */
  readonly region?: string | undefined;
}

/** What became of both. */
export interface Announced {
  readonly comment?: Outcome;
  readonly deployment: DeploymentOutcome;
}

/** Keeps the one comment on a pull request about its preview, and the deployment with its address. */
export async function announce({
  github,
  preview,
  pull,
  author,
  run,
  region,
}: AnnounceProps): Promise<Announced> {
  const isGone = !("status" in preview);
  const { name } = preview;
  const comment =
    pull === undefined
      ? undefined
      : await stick(github, {
          pull,
          author,
          // By its name and not by a commit: a run for an older commit may end later, and says how it is then.
          marker: { subject: `preview:${name}`, head: "", run },
          text: isGone ? goneText(preview) : announcement({ preview, region }),
          onlyUpdate: isGone,
        });
  const deployment = await keepDeployment(github, isGone ? { ...NOBODY, name, status: "gone" } : preview);
  return { deployment, ...(comment === undefined ? {} : { comment }) };
}

/** What is not known of a preview that is gone. */
const NOBODY = { template: "", owner: "", createdAt: "", expiresAt: "", history: [] } as const;
