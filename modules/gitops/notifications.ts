/** Properties of {@link notifications}. */
export interface NotificationsProps {
  /** Name of the PagerDuty service that the applications subscribe to. */
  readonly pagerDutyService: string;
}

/** The `notifications` values of the argo-cd chart, as far as they are set. */
export interface NotificationsValues {
  /** Whether the controller runs. */
  readonly enabled: boolean;

  /** The Secret with the tokens. */
  readonly secret: { readonly create: boolean; readonly name: string };

  /** Services that can be told. */
  readonly notifiers: Readonly<Record<`service.${string}`, string>>;

  /** What they are told. */
  readonly templates: Readonly<Record<`template.${string}`, string>>;

  /** When they are told. */
  readonly triggers: Readonly<Record<`trigger.${string}`, string>>;
}

/** Secret with the tokens of Slack and PagerDuty; made by hand, so that Terraform never sees them. */
export const NOTIFICATIONS_SECRET = "argocd-notifications-secret";

const LINK = "{{.context.argocdUrl}}/applications/{{.app.metadata.name}}";
const NAME = "{{.app.metadata.name}}";

/**
 * What Argo CD tells whom: Slack of each sync, PagerDuty when an application's health is degraded.
 * The applications' annotations say which of them hears of what.
 *
 * The entries are YAML without a double quote: CDKTF 0.21 does not escape one that lies within a document in HCL.
 *
 * @see https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/
 */
export function notifications({ pagerDutyService }: NotificationsProps): NotificationsValues {
  return {
    enabled: true,
    secret: { create: false, name: NOTIFICATIONS_SECRET },
    notifiers: {
      "service.slack": "token: $slack-token\n",
      "service.pagerdutyv2": `serviceKeys:\n  ${pagerDutyService}: $pagerduty-key-${pagerDutyService}\n`,
    },
    templates: {
      "template.app-sync-succeeded": `message: |-
  :white_check_mark: ${NAME} runs {{.app.status.operationState.syncResult.revision}}: ${LINK}
`,
      "template.app-sync-failed": `message: |-
  :exclamation: ${NAME} failed to sync: {{.app.status.operationState.message}} ${LINK}?operation=true
`,
      "template.app-health-degraded": `message: |-
  :exclamation: ${NAME} is degraded: ${LINK}
pagerdutyv2:
  summary: '${NAME} is degraded'
  severity: critical
  source: '${LINK}'
  component: '${NAME}'
`,
    },
    triggers: {
      // One message for each commit: a sync that repeats itself is no news.
      "trigger.on-sync-succeeded": `- when: app.status.operationState != nil and app.status.operationState.phase in ['Succeeded']
  oncePer: app.status.operationState?.syncResult?.revision
  send: [app-sync-succeeded]
`,
      "trigger.on-sync-failed": `- when: app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']
  send: [app-sync-failed]
`,
      "trigger.on-health-degraded": `- when: app.status.health.status == 'Degraded'
  send: [app-health-degraded]
`,
    },
  };
}
