{{/*
Name of what belongs to the canary: the full name with an ending, cut like it beyond 63 characters.
  include "app.canaryName" (dict "root" $ "ending" "canary-10")
*/}}
{{- define "app.canaryName" -}}
{{- $full := printf "%s-%s" (include "app.fullname" .root) .ending }}
{{- if gt (len $full) 63 }}
{{- $full = printf "%s-%s-%s" (include "app.fullname" .root | trunc 40 | trimSuffix "-") (include "app.fullname" .root | sha256sum | trunc 8) .ending }}
{{- end }}
{{- $full }}
{{- end }}

{{/* By them the NetworkPolicy lets the pods of an analysis in; no Service selects them. */}}
{{- define "app.analysisLabels" -}}
app.kubernetes.io/name: {{ printf "%s-analysis" (include "app.name" .) | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "app.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .Values.podSecurity.runAsUser | int64 }}
runAsGroup: {{ .Values.podSecurity.runAsGroup | int64 }}
fsGroup: {{ .Values.podSecurity.fsGroup | int64 }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Whether a load balancer splits the traffic by weight; else the share is that of the pods. */}}
{{- define "app.canaryByWeight" -}}
{{- and .Values.canary.enabled .Values.ingress.enabled (eq .Values.ingress.className "alb") }}
{{- end }}

{{- define "app.canaryStrategy" -}}
canary:
  maxSurge: 1
  maxUnavailable: 0
  stableService: {{ include "app.canaryName" (dict "root" $ "ending" "stable") | quote }}
  canaryService: {{ include "app.canaryName" (dict "root" $ "ending" "canary") | quote }}
  {{- if eq (include "app.canaryByWeight" .) "true" }}
  trafficRouting:
    alb:
      ingress: {{ include "app.fullname" . | quote }}
      rootService: {{ include "app.fullname" . | quote }}
      servicePort: {{ .Values.service.port }}
  {{- end }}
  steps:
    {{- range .Values.canary.steps }}
    - setWeight: {{ .weight }}
    - analysis:
        templates:
          - templateName: {{ include "app.canaryName" (dict "root" $ "ending" (printf "canary-%d" (int .weight))) | quote }}
    {{- end }}
{{- end }}

{{/* Time from one check to the next, as Go writes it: 2s, or 1500ms. */}}
{{- define "app.canaryInterval" -}}
{{- $milliseconds := div (mul .seconds 1000) .checks }}
{{- if eq (mod $milliseconds 1000) 0 }}
{{- printf "%ds" (div $milliseconds 1000) }}
{{- else }}
{{- printf "%dms" $milliseconds }}
{{- end }}
{{- end }}
