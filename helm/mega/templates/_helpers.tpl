{{- define "mega.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- define "mega.fullname" -}}
{{- $name := include "mega.name" . -}}
{{- $full := default (ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name)) .Values.fullnameOverride -}}
{{- if not (regexMatch "^[a-z]" $full) -}}
{{- fail (printf "the name '%s' does not begin with a letter, as that of a Service must: set fullnameOverride" $full) -}}
{{- end -}}
{{/* 63 with the longest suffix; what is cut off is told apart by its hash */}}
{{- if gt (len $full) 50 -}}
{{- $full = printf "%s-%s" ($full | trunc 41) ($full | sha256sum | trunc 8) -}}
{{- end -}}
{{- $full -}}
{{- end }}

{{- define "mega.selector" -}}
app.kubernetes.io/name: {{ include "mega.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* The pod of "helm test": no policy, budget or Service of the application may select it. */}}
{{- define "mega.testSelector" -}}
app.kubernetes.io/name: {{ printf "%s-test" (include "mega.name" . | trunc 58) | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
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
name: {{ printf "%s%s" (include "mega.fullname" .root) (ternary (printf "-%s" .suffix) "" (hasKey . "suffix")) | quote }}
namespace: {{ .root.Release.Namespace | quote }}
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

{{/*
Refuses more values than fit into the Secret in which Helm keeps a release: there they are twice, as values and in the manifest,
compressed, and in base64 once more. Binaries are hardly compressed, text to about a third.
*/}}
{{- define "mega.fitsRelease" -}}
{{- $encoded := 0 -}}
{{- range .Values.transformers.binaries }}{{ $encoded = add $encoded (len .) }}{{ end -}}
{{- $binaries := div (mul 3 $encoded) 4 -}}
{{- $text := sub (len (toYaml .Values)) $encoded -}}
{{- if gt (add (mul 2 $binaries) (div (mul 2 $text) 3)) 730000 -}}
{{- fail (printf "%d bytes of binaries and %d of text do not fit into the Secret in which Helm keeps a release: put the largest files into a volume (transformers.volume, or extraVolumes for migrations)" $binaries $text) -}}
{{- end -}}
{{- end }}

{{/* Refuses more than a ConfigMap holds. Takes "what", "instead", and the maps "data" and "binaryData". */}}
{{- define "mega.fits" -}}
{{- $size := 0 -}}
{{- range $key, $text := .data }}{{ $size = add $size (len $key) (len $text) }}{{ end -}}
{{- range $key, $text := .binaryData }}{{ $size = add $size (len $key) (div (mul 3 (len $text)) 4) }}{{ end -}}
{{- if gt (int64 $size) 1048576 -}}
{{- fail (printf "%s: %d bytes do not fit into a ConfigMap, which holds 1048576: use %s" .what (int64 $size) .instead) -}}
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

{{/*
The alert rules, about the pods of this release only: each metric gets the labels that the ServiceMonitor gives to what it
scrapes. Without a ServiceMonitor, the chart does not know them, and the rules are as they are.
*/}}
{{- define "mega.rules" -}}
{{- $rules := .Files.Get "rules/mega.yml" | fromYaml -}}
{{- if .Values.serviceMonitor.enabled -}}
{{- $labels := printf "namespace=%q,job=%q" .Release.Namespace (printf "%s-management" (include "mega.fullname" .)) -}}
{{- range $group := $rules.groups -}}
{{- range $rule := $group.rules -}}
{{- $expression := regexReplaceAll "\\bmega_\\w+" $rule.expr (printf "${0}{%s}" $labels) -}}
{{- $_ := set $rule "expr" ($expression | replace "}{" ",") -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end }}

{{/*
Says "true" if a configuration has a property, nested or with dots in its keys, or anything below it. Takes "map" and "property".
*/}}
{{- define "mega.has" -}}
{{- $property := .property -}}
{{- range $key, $value := .map -}}
{{- if or (eq $key $property) (hasPrefix (printf "%s." $property) $key) (hasPrefix (printf "%s[" $property) $key) -}}
true
{{- else if and (kindIs "map" $value) (hasPrefix (printf "%s." $key) $property) -}}
{{- include "mega.has" (dict "map" $value "property" (trimPrefix (printf "%s." $key) $property)) -}}
{{- end -}}
{{- end -}}
{{- end }}
