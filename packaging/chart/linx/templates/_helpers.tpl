{{/* SPDX-License-Identifier: LGPL-2.1-or-later */}}
{{- define "linx.name" -}}
{{ default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "linx.fullname" -}}
{{ default .Release.Name .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- end }}

{{- define "linx.serviceAccount" -}}
{{ default (include "linx.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{/* Labels by which the DaemonSet finds its pods; they must never change. */}}
{{- define "linx.selector" -}}
app.kubernetes.io/name: {{ include "linx.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "linx.labels" -}}
{{ include "linx.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "linx.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{/* Rights of the containers that need none. */}}
{{- define "linx.unprivileged" -}}
runAsUser: 10001
runAsGroup: 10001
runAsNonRoot: true
privileged: false
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "linx.rules" -}}
{{ default (printf "%s-rules" (include "linx.fullname" .)) .Values.rulesConfigMap }}
{{- end }}

{{/* Refuses values that do not go together, in one line. */}}
{{- define "linx.check" -}}
{{- $identity := or .Values.nats.tls .Values.nats.clientCertificate .Values.nats.nkey }}
{{- if contains "@" .Values.nats.url }}{{ fail "nats.url: everyone on the node can read a password in it: use nats.nkey" }}{{ end }}
{{- range .Values.recorder.alerts }}{{ if regexMatch "://[^/]*@" . }}{{ fail "recorder.alerts: everyone on the node can read a password in an address" }}{{ end }}{{ end }}
{{- if and .Values.shipper.enabled (not .Values.nats.url) }}{{ fail "nats.url: name the server, or set shipper.enabled=false" }}{{ end }}
{{- if and $identity (not .Values.nats.secretName) (not .Values.nats.hostPath) }}{{ fail "nats.secretName or nats.hostPath: nats.tls and nats.nkey need their files" }}{{ end }}
{{- if and .Values.nats.secretName .Values.nats.hostPath }}{{ fail "nats.secretName and nats.hostPath: give only one of them" }}{{ end }}
{{- if and .Values.nats.clientCertificate (not .Values.nats.tls) }}{{ fail "nats.clientCertificate: it needs nats.tls=true" }}{{ end }}
{{- if and .Values.metrics.enabled (not .Values.hostNetwork) (hasPrefix "127." .Values.metrics.address) }}{{ fail "metrics.address: without hostNetwork write 0.0.0.0, or set metrics.enabled=false" }}{{ end }}
{{- if not (has .Values.recorder.seccompProfile (list "RuntimeDefault" "Unconfined")) }}{{ fail "recorder.seccompProfile: RuntimeDefault or Unconfined" }}{{ end }}
{{- end }}
