{{/*
What a JSON schema cannot say, because it compares two values, or would say in words that help nobody.
*/}}

{{- define "app.checkPods" -}}
{{- if and (eq (toString .Values.image.tag) "latest") (not .Values.image.digest) }}
{{- fail "image.tag is \"latest\": nobody could say what runs, and a roll-back would change nothing; use a version, a commit or image.digest" }}
{{- end }}
{{- if hasKey .Values.config "PORT" }}
{{- fail "config.PORT would contradict containerPort, which is written into the ConfigMap: set containerPort" }}
{{- end }}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/part-of" }}
{{- if hasKey $.Values.podLabels $label }}
{{- fail (printf "podLabels has %s, which the chart sets itself: use nameOverride, the release's name or partOf" $label) }}
{{- end }}
{{- end }}
{{- range .Values.topologySpreadConstraints }}
{{- if hasKey . "labelSelector" }}
{{- fail "topologySpreadConstraints has a labelSelector: leave it out, the chart adds that of its pods" }}
{{- end }}
{{- end }}
{{- if ge (int .Values.preStopSeconds) (int .Values.terminationGracePeriodSeconds) }}
{{- fail (printf "preStopSeconds is %d and leaves nothing of terminationGracePeriodSeconds, which is %d: the process would be killed at once" (int .Values.preStopSeconds) (int .Values.terminationGracePeriodSeconds)) }}
{{- end }}
{{- end }}

{{- define "app.checkAutoscaling" -}}
{{- with .Values.autoscaling }}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas is %d and more than autoscaling.maxReplicas, which is %d: raise maxReplicas" (int .minReplicas) (int .maxReplicas)) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "app.checkCanary" -}}
{{- if not .Values.canary.steps }}
{{- fail "canary.enabled is true and canary.steps is empty: write e.g. [{weight: 10, checks: 20, seconds: 40, maxErrors: 10}], or canary.enabled: false" }}
{{- end }}
{{- $before := 0 }}
{{- range .Values.canary.steps }}
{{- if le (int .weight) $before }}
{{- fail (printf "canary.steps has weight %d after %d: let each step have more of the traffic than the one before" (int .weight) $before) }}
{{- end }}
{{- $before = int .weight }}
{{- if lt (int .seconds) (int .checks) }}
{{- fail (printf "canary.steps has %d checks in %d seconds: the controller's clock has whole seconds, so leave one for each check" (int .checks) (int .seconds)) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
A budget that blocks every eviction keeps nodes from being drained: an upgrade of the node group hangs, and fails.
Kubernetes rounds the percentage of both fields up.
*/}}
{{- define "app.checkBudget" -}}
{{- $least := include "app.minReplicas" . | int }}
{{- $budget := .Values.podDisruptionBudget }}
{{- $hasMin := not (kindIs "invalid" $budget.minAvailable) }}
{{- $hasMax := not (kindIs "invalid" $budget.maxUnavailable) }}
{{- if and $hasMin $hasMax }}
{{- fail "podDisruptionBudget has both minAvailable and maxUnavailable: Kubernetes takes one; set the other to null" }}
{{- else if not (or $hasMin $hasMax) }}
{{- fail "podDisruptionBudget has neither minAvailable nor maxUnavailable: write maxUnavailable: 1, or podDisruptionBudget.enabled: false" }}
{{- else if $hasMax }}
{{- if eq (include "app.portion" (dict "of" $least "value" $budget.maxUnavailable) | int) 0 }}
{{- fail (printf "podDisruptionBudget.maxUnavailable is %v and would block every eviction: use 1 or more" $budget.maxUnavailable) }}
{{- end }}
{{- else if ge (include "app.portion" (dict "of" $least "value" $budget.minAvailable) | int) $least }}
{{- fail (printf "podDisruptionBudget.minAvailable is %v and would block every eviction while %d of %d pods run: use maxUnavailable: 1 with minAvailable: null" $budget.minAvailable $least $least) }}
{{- end }}
{{- end }}

{{/* A number of pods, from a number or a percentage of the given ones. */}}
{{- define "app.portion" -}}
{{- $text := toString .value }}
{{- if hasSuffix "%" $text }}
{{- $percent := $text | trimSuffix "%" | int }}
{{- div (add (mul $percent .of) 99) 100 }}
{{- else }}
{{- int .value }}
{{- end }}
{{- end }}
