import { Faults } from "@groundplan/modules/core/errors";
import type { Environment } from "./environment";
import type { Platform } from "./settings/platform";

type Named = Pick<Environment, "name">;

/** Environments in the order of `promotion`; one that it does not name comes last, and {@link checkRegistration} refuses it. */
export function inPromotionOrder<E extends Named>(
  promotion: Platform["promotion"],
  environments: readonly E[],
): readonly E[] {
  const place = ({ name }: Named) => (promotion.indexOf(name) + 1 || promotion.length + 1) - 1;
  return [...environments].sort((one, other) => place(one) - place(other));
}

/**
 * Checks that `platform.ts` and `overlays/index.ts` speak of the same environments: each has an account and a place in
 * the order of promotion.
 *
 * @throws SynthError with every environment that only one of the two has.
 */
export function checkRegistration(
  { accounts, promotion }: Pick<Platform, "accounts" | "promotion">,
  environments: readonly Pick<Environment, "name" | "account">[],
): void {
  const faults = new Faults();
  const example = Object.values(accounts)[0] ?? "123456789012";
  for (const { name, account } of environments) {
    const key = /^[a-z]\w*$/.test(name) ? name : JSON.stringify(name);
    if (!Object.hasOwn(accounts, name)) {
      faults.add(
        `environment ${JSON.stringify(name)} has no account`,
        `write it into accounts: { …, ${key}: "${example}" }`,
      );
    } else if (account !== accounts[name]) {
      faults.addAll([
        {
          what: `account is ${JSON.stringify(account)}: accounts of platform.ts has ${JSON.stringify(accounts[name])} for it`,
          instead: `use platform.accounts${key === name ? `.${name}` : `[${key}]`}`,
          at: `overlay ${JSON.stringify(name)}`,
        },
      ]);
    }
    if (!promotion.includes(name)) {
      const longer = JSON.stringify([...promotion.slice(0, -1), name, ...promotion.slice(-1)]);
      faults.add(
        `environment ${JSON.stringify(name)} is not in promotion`,
        `write it where a change passes through it, e.g. promotion: ${longer.replaceAll(",", ", ")}`,
      );
    }
  }
  for (const [index, name] of promotion.entries()) {
    if (promotion.indexOf(name) !== index) {
      faults.add(`promotion names ${JSON.stringify(name)} twice`, "name each environment once");
    } else if (!environments.some((environment) => environment.name === name)) {
      faults.add(
        `promotion names ${JSON.stringify(name)}, which overlays/index.ts does not register`,
        `register overlays/${name}/environment.ts there, or remove the name`,
      );
    }
  }
  faults.throwIfAny("platform.ts");
}
