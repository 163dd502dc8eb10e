/** Names of variables that say that their value is a secret: a plan, the state and the console would show it. */
const SECRET = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|PRIVATE_KEY|API_KEY|ACCESS_KEY|TOKEN)$/i;

/** Whether the name of an environment variable says that it holds a secret, e.g. `API_TOKEN`. */
export function namesSecret(variable: string): boolean {
  return SECRET.test(variable);
}
