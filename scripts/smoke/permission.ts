/** What a CI service sets in the environment of its jobs. */
const CI_MARKS = ["CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"] as const;

/**
 * May this process talk to the real service?
 *
 * @param env its environment
 * @returns why not, or `undefined` when it may
 */
export function refusalOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const mark = CI_MARKS.find((name) => isSet(env[name]));
  if (mark !== undefined) {
    return `Cannot run the smoke test as it must not run in CI: current value is ${mark}, which is set`;
  }
  if (isSet(env["GRAPH_TOKEN"])) return undefined;
  return "Cannot run the smoke test as GRAPH_TOKEN must hold a token for Graph: current value is none";
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "false" && value !== "0";
}
