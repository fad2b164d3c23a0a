{{- define "mega.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "mega.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "mega.name" . -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "mega.selector" -}}
app.kubernetes.io/name: {{ include "mega.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mega.labels" -}}
{{- $own := dict
  "app.kubernetes.io/name" (include "mega.name" .)
  "app.kubernetes.io/instance" .Release.Name
  "app.kubernetes.io/version" (.Chart.AppVersion | trunc 63)
  "app.kubernetes.io/managed-by" .Release.Service
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63) -}}
{{- toYaml (merge $own .Values.labels) -}}
{{- end }}

{{/* The metadata of an object. Takes the root and, optionally, "suffix", "labels", "annotations". */}}
{{- define "mega.metadata" -}}
name: {{ include "mega.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- toYaml (merge (include "mega.labels" .root | fromYaml) (.labels | default dict)) | nindent 2 }}
{{- with merge (dict) (.annotations | default dict) .root.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "mega.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}
{{- end }}

{{- define "mega.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mega.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{/* The file that the application reads. */}}
{{- define "mega.application" -}}
{{- if hasKey .Values.config "mega" -}}
{{- fail "config.mega: write what is under 'mega:' into the value 'mega'" -}}
{{- end -}}
{{- if .Values.mega }}
{{- toYaml (dict "mega" .Values.mega) }}
{{ end }}
{{- if .Values.config }}
{{- toYaml .Values.config }}
{{ end }}
{{- end }}
