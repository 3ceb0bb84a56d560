package load

import "ichor/schema/diag"

// ruleHelp is what to do about findings that have no better advice.
var ruleHelp = map[string]string{
	codeUnreadable: "run ichor in the repository, or name it with -C; the spec is a directory of .cue files of one package",
	codeCopy:       "run `ichor schema sync`, or use the ichor that wrote the copy",
	codeUnread:     "begin the file with the package clause of the other files, without a build attribute; or move it elsewhere",
	codeNoCluster:  "write `cluster: schema.#Cluster` in one of the files, and fill `cluster` in any of them",
}

// wholeSpec is a file that makes a directory a spec.
const wholeSpec = `package spec

import "ichor.internal/schema"

cluster: schema.#Cluster`

// Rules are what loading can find, for `ichor explain`.
var Rules = []diag.Rule{
	{
		Code: codeUnreadable, Severity: diag.Error,
		Summary: "The spec cannot be read: the directory is missing, has no .cue files, has files of several packages, or one that cannot be opened.",
		Wrong:   "// a directory without .cue files",
		Right:   wholeSpec,
		Source:  "CUE's loader",
	},
	{
		Code: codeUnread, Severity: diag.Warning,
		Summary: "CUE skips a file in the directory of the spec: the file has no package clause, or a build attribute that is not satisfied. The content of the file has no effect.",
		Wrong:   "// a file without a package clause",
		Right:   `cluster: name: "home"`,
		Source:  "CUE's loader",
	},
	{
		Code: codeSyntax, Severity: diag.Error,
		Summary: "A file of the spec is not CUE, or names something that does not exist.",
		Wrong:   `cluster: name: "home`,
		Right:   `cluster: name: "home"`,
		Source:  "CUE's parser",
	},
	{
		Code: codeNoCluster, Severity: diag.Error,
		Summary: "The package has no field `cluster`, which is the spec.",
		Wrong:   "package spec",
		Right:   wholeSpec,
		Source:  "the language",
	},
	{
		Code: codeStrayField, Severity: diag.Error,
		Summary: "The package has a field beside `cluster` that ichor does not read: a mistyped name would otherwise pass without effect.",
		Wrong:   `claster: name: "home"`,
		Right:   `cluster: name: "home"`,
		Source:  "the language",
	},
	{
		Code: codeUnknown, Severity: diag.Error,
		Summary: "The language has no field of this name here. What follows from other fields has no field of its own: dependsOn, an API version, the URL of a backend.",
		Wrong:   "cluster: vlans: management: {idd: 51}",
		Right:   "cluster: vlans: management: {id: 51}",
		Source:  "the language",
	},
	{
		Code: codeMissing, Severity: diag.Error,
		Summary: "A field is missing that everything of its kind requires.",
		Wrong:   `cluster: services: longhorn: helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1"}`,
		Right:   `cluster: services: longhorn: {namespace: "longhorn-system", helm: {repository: "longhorn", chart: "longhorn", version: "1.9.1"}}`,
		Source:  "the language",
	},
	{
		Code: codeInvalid, Severity: diag.Error,
		Summary: "A value does not have the form that the field requires.",
		Wrong:   `cluster: vlans: management: gateway: "172.29.51.1/24"`,
		Right:   `cluster: vlans: management: gateway: "172.29.51.1"`,
		Source:  "the language",
	},
	{
		Code: codeConflict, Severity: diag.Error,
		Summary: "A field is given two values, in one file or in several. CUE never lets one of them win.",
		Wrong:   `cluster: name: "home", cluster: name: "lab"`,
		Right:   `cluster: name: "home"`,
		Source:  "CUE's evaluator",
	},
	{
		Code: codeIncomplete, Severity: diag.Error,
		Summary: "A field has a type, but no value.",
		Wrong:   "cluster: domain: string",
		Right:   `cluster: domain: "home.example.com"`,
		Source:  "CUE's evaluator",
	},
	{
		Code: codeReference, Severity: diag.Error,
		Summary: "A name refers to something that the spec does not have: a pool, a VLAN, an outpost, a secret store, an object store, an issuer, a chart repository or a service.",
		Wrong:   `cluster: {pools: web: {vlan: "lb", cidr: "172.29.52.0/25"}, services: web: loadBalancers: web: {pool: "wbe", values: "service"}}`,
		Right:   `cluster: {pools: web: {vlan: "lb", cidr: "172.29.52.0/25"}, services: web: loadBalancers: web: {pool: "web", values: "service"}}`,
		Source:  "the spec itself",
	},
	{
		Code: codeCopy, Severity: diag.Error,
		Summary: "The copy of the language that the repository keeps for editors and for cue is from another ichor: editors and cue would check something else than ichor checks.",
		Wrong:   "// cue.mod/pkg/ichor.internal/schema of an older ichor",
		Right:   "// cue.mod/pkg/ichor.internal/schema as `ichor schema sync` writes it",
		Source:  "the language",
	},
	{
		Code: codeNoStore, Severity: diag.Error,
		Summary: "A secret names no store, and the cluster has no default one.",
		Wrong:   `cluster: services: web: secrets: web: keys: token: {item: "Web", property: "token"}`,
		Right:   `cluster: {secretStore: "onepassword-connect", services: web: secrets: web: keys: token: {item: "Web", property: "token"}}`,
		Source:  "the language",
	},
	{
		Code: codeCUEVersion, Severity: diag.Error,
		Summary: "The module of the repository is written in a version of CUE that the language, or this ichor, does not know.",
		Wrong:   "// cue.mod/module.cue with `language: version: \"v0.9.0\"`",
		Right:   "// cue.mod/module.cue with `language: version: \"v0.17.0\"`",
		Source:  "CUE's builtin functions, of which the language needs `error`",
	},
	{
		Code: codeMissingDir, Severity: diag.Error,
		Summary: "The directory of a service is not in the repository, or has no manifest: Flux would wait for it in vain.",
		Wrong:   `cluster: services: web: {namespace: "web", path: "aps/web"}`,
		Right:   `cluster: services: web: {namespace: "web", path: "apps/web"}`,
		Source:  "the repository; Flux documentation, Kustomization, spec.path",
	},
	{
		Code: codeUnbuildable, Severity: diag.Error,
		Summary: "Kustomize cannot build the directory of a service: a resource is missing, or a file is not a Kubernetes object. Flux would apply nothing of it.",
		Wrong:   "// resources: [./secrets.yaml] in apps/web/kustomization.yaml, and no such file",
		Right:   `cluster: services: web: {namespace: "web", path: "apps/web"}`,
		Source:  "Flux kustomize-controller: BuildFailed; a directory without a kustomization.yaml is taken whole",
	},
	{
		Code: codeUntracked, Severity: diag.Warning,
		Summary: "A manifest of a service's directory is not in the index of git: Flux applies what is committed, so it applies all of the directory except this manifest.",
		Wrong:   "// apps/web/web.yaml, which was never added",
		Right:   `cluster: services: web: {namespace: "web", path: "apps/web"}`,
		Source:  "Flux documentation, GitRepository: the artifact is what the commit holds",
	},
	{
		Code: codeCRDs, Severity: diag.Error,
		Summary: "`crds` names a file or directory that is not in the repository, or that has no readable CustomResourceDefinition: ichor cannot check its kinds.",
		Wrong:   `cluster: crds: ["crds/widget.yml"]`,
		Right:   `cluster: crds: ["crds/widgets.yaml"]`,
		Source:  "the repository",
	},
	{
		Code: codeInside, Severity: diag.Error,
		Summary: "The directory of a service is inside the output or the spec. The output belongs to ichor alone, and Flux already applies it; the spec is not for Flux.",
		Wrong:   `cluster: {flux: path: "out", services: web: {namespace: "web", path: "out/web"}}`,
		Right:   `cluster: {flux: path: "out", services: web: {namespace: "web", path: "apps/web"}}`,
		Source:  "the layout of the output",
	},
	{
		Code: codeFluxPath, Severity: diag.Error,
		Summary: "The directory of the output is the directory of the spec, contains it, or is inside it: the spec and its output would be mixed.",
		Wrong:   `cluster: flux: path: "spec"`,
		Right:   `cluster: flux: path: "out"`,
		Source:  "the layout of the output",
	},
}
