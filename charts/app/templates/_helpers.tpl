{{/* Name of the chart, or what replaces it: label app.kubernetes.io/name. */}}
{{- define "app.name" -}}
{{- default .Chart.Name .Values.nameOverride }}
{{- end }}

{{/*
Name of every resource. A DNS label holds 63 characters: a longer name is cut and gets a hash of the whole, so that
two releases which begin alike never share it.
*/}}
{{- define "app.fullname" -}}
{{- $name := include "app.name" . }}
{{- $full := printf "%s-%s" .Release.Name $name }}
{{- if .Values.fullnameOverride }}
{{- $full = .Values.fullnameOverride }}
{{- else if contains $name .Release.Name }}
{{- $full = .Release.Name }}
{{- end }}
{{- if gt (len $full) 63 }}
{{- $full = printf "%s-%s" ($full | trunc 54 | trimSuffix "-") ($full | sha256sum | trunc 8) }}
{{- end }}
{{- $full }}
{{- end }}

{{/* What never changes of a release: a Deployment's selector cannot be changed. */}}
{{- define "app.selectorLabels" -}}
app.kubernetes.io/name: {{ include "app.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "app.podLabels" -}}
{{ include "app.selectorLabels" . }}
app.kubernetes.io/part-of: {{ .Values.partOf | quote }}
{{- end }}

{{- define "app.labels" -}}
{{ include "app.podLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
Annotations of a resource: those given, and its sync wave.
  include "app.annotations" (dict "root" $ "wave" "5" "annotations" .Values.service.annotations)
*/}}
{{- define "app.annotations" -}}
{{- $all := deepCopy (default dict .annotations) }}
{{- if .root.Values.argocd.syncWaves }}
{{- $_ := set $all "argocd.argoproj.io/sync-wave" .wave }}
{{- end }}
{{- with $all -}}
annotations:
  {{- range $key, $value := . }}
  {{ $key | quote }}: {{ $value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "app.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "app.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name is empty and serviceAccount.create is false: name a service account that exists, or let the chart create one" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "app.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{/* The fewest pods that can be meant to run. */}}
{{- define "app.minReplicas" -}}
{{- ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled | int }}
{{- end }}

{{/* The ConfigMap's data. The port is written once, as containerPort. */}}
{{- define "app.config" -}}
{{- range $key, $value := .Values.config }}
{{- $key | quote }}: {{ $value | quote }}
{{ end -}}
PORT: {{ .Values.containerPort | quote }}
{{- end }}
