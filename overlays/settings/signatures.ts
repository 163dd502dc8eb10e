import { createPublicKey } from "node:crypto";
import type { Signers } from "@groundplan/modules/gitops/signature-policy";
import type { OverlayFaults } from "../overlay-faults";
import type { AddonSettings } from "./addons";

/**
 * What Kyverno lets run in the namespace of the apps: images of the environment's repositories, signed by one of these. They
 * are whom `groundplan.images` of `cdktf.json` names too, so that what is promoted is what may run.
 */
export interface SignatureSettings extends Signers {
  /** Whether the cluster refuses what is not signed. */
  readonly enabled: boolean;
}

/** Reports what is wrong with whose signatures count in an environment's cluster, alone and together with its add-ons. */
export function checkSignatures(
  faults: OverlayFaults,
  { enabled, keys, identities }: SignatureSettings,
  addons: AddonSettings,
): void {
  for (const [index, key] of keys.entries()) {
    if (isPublicKey(key)) continue;
    faults.add(
      `delivery.signatures.keys[${index}]`,
      // Who writes a private key by mistake does not find it in a log.
      "…",
      "not an EC public key on the curve P-256, in PEM",
      "make it of the private one: openssl pkey -in image.key -pubout",
    );
  }
  for (const [index, { issuer, subject }] of identities.entries()) {
    if (!/^https:\/\/[\w.-]+(?:\/[\w./-]*)?$/.test(issuer)) {
      faults.add(
        `delivery.signatures.identities[${index}].issuer`,
        issuer,
        "not the address of an OpenID Connect provider",
        'use e.g. "https://token.actions.githubusercontent.com"',
      );
    }
    // `https://github.com/*` is everybody.
    if (!/^https:\/\/[^/*]+\/[^/*]+\/[^/*]+\/./.test(subject) && !/^[^@*\s]+@[^@*\s]+$/.test(subject)) {
      faults.add(
        `delivery.signatures.identities[${index}].subject`,
        subject,
        "not an e-mail address, nor a workflow of one repository",
        'use e.g. "https://github.com/acme/platform/.github/workflows/cd-dev.yml@refs/heads/develop"',
      );
    }
  }
  if (!enabled) return;
  if (keys.length + identities.length === 0) {
    faults.add(
      "delivery.signatures.enabled",
      enabled,
      "nobody's signature counts, so nothing could run",
      "name keys or identities, the same as groundplan.images of cdktf.json",
    );
  }
  if (addons.kyverno !== true) {
    faults.add(
      "delivery.signatures.enabled",
      enabled,
      `addons.kyverno is ${JSON.stringify(addons.kyverno ?? false)}, so nothing in the cluster verifies an image`,
      "use addons.kyverno: true, or delivery.signatures.enabled: false",
    );
  }
}

function isPublicKey(text: string): boolean {
  if (text.includes("PRIVATE")) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey(text);
    return asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1";
  } catch {
    return false;
  }
}
