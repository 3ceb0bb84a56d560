package scan

// namesNoFile lists the texts of a kustomization file that name no file. Those of
// helm charts name some: kustomize refuses a chart before it reads any of them.
const namesNoFile = `
	kind apiVersion metadata.name metadata.namespace metadata.labels{} metadata.annotations{} namePrefix nameSuffix namespace commonLabels{}
	labels[].pairs{} labels[].fields[].group labels[].fields[].version labels[].fields[].kind labels[].fields[].path commonAnnotations{}
	patchesJson6902[].patch patchesJson6902[].target.group patchesJson6902[].target.version patchesJson6902[].target.kind patchesJson6902[].target.name
	patchesJson6902[].target.namespace patchesJson6902[].target.annotationSelector patchesJson6902[].target.labelSelector patches[].patch
	patches[].target.group patches[].target.version patches[].target.kind patches[].target.name patches[].target.namespace
	patches[].target.annotationSelector patches[].target.labelSelector images[].name images[].newName images[].tagSuffix images[].newTag images[].digest
	imageTags[].name imageTags[].newName imageTags[].tagSuffix imageTags[].newTag imageTags[].digest replacements[].source.group
	replacements[].source.version replacements[].source.kind replacements[].source.name replacements[].source.namespace replacements[].source.fieldPath
	replacements[].source.options.delimiter replacements[].source.options.encoding replacements[].targets[].select.group
	replacements[].targets[].select.version replacements[].targets[].select.kind replacements[].targets[].select.name
	replacements[].targets[].select.namespace replacements[].targets[].select.annotationSelector replacements[].targets[].select.labelSelector
	replacements[].targets[].reject[].group replacements[].targets[].reject[].version replacements[].targets[].reject[].kind
	replacements[].targets[].reject[].name replacements[].targets[].reject[].namespace replacements[].targets[].reject[].annotationSelector
	replacements[].targets[].reject[].labelSelector replacements[].targets[].fieldPaths[] replacements[].targets[].options.delimiter
	replacements[].targets[].options.encoding replacements[].sourceValue replicas[].name vars[].name vars[].objref.apiVersion vars[].objref.group
	vars[].objref.version vars[].objref.kind vars[].objref.name vars[].objref.namespace vars[].fieldref.fieldPath sortOptions.order
	sortOptions.legacySortOptions.orderFirst[] sortOptions.legacySortOptions.orderLast[] configMapGenerator[].namespace configMapGenerator[].name
	configMapGenerator[].behavior configMapGenerator[].literals[] configMapGenerator[].options.labels{} configMapGenerator[].options.annotations{}
	secretGenerator[].namespace secretGenerator[].name secretGenerator[].behavior secretGenerator[].literals[] secretGenerator[].options.labels{}
	secretGenerator[].options.annotations{} secretGenerator[].type helmGlobals.chartHome helmGlobals.configHome helmCharts[].name helmCharts[].version
	helmCharts[].repo helmCharts[].releaseName helmCharts[].namespace helmCharts[].additionalValuesFiles[] helmCharts[].valuesFile
	helmCharts[].valuesInline{} helmCharts[].valuesMerge helmCharts[].apiVersions[] helmCharts[].kubeVersion helmCharts[].nameTemplate
	helmChartInflationGenerator[].chartName helmChartInflationGenerator[].chartVersion helmChartInflationGenerator[].chartRepoUrl
	helmChartInflationGenerator[].chartHome helmChartInflationGenerator[].chartRepoName helmChartInflationGenerator[].helmBin
	helmChartInflationGenerator[].helmHome helmChartInflationGenerator[].values helmChartInflationGenerator[].valuesLocal{}
	helmChartInflationGenerator[].valuesMerge helmChartInflationGenerator[].releaseName helmChartInflationGenerator[].releaseNamespace
	helmChartInflationGenerator[].extraArgs[] generatorOptions.labels{} generatorOptions.annotations{} buildMetadata[]
`

// pluginsNameNothing lists the same of the plugins that are built in.
var pluginsNameNothing = map[string]string{
	"AnnotationsTransformer": `
		annotations{} fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind fieldSpecs[].path
	`,
	"ConfigMapGenerator": `
		metadata.name metadata.namespace metadata.labels{} metadata.annotations{} namespace name behavior literals[] env options.labels{}
		options.annotations{}
	`,
	"HashTransformer": ``,
	"HelmChartInflationGenerator": `
		chartHome configHome name version repo releaseName namespace additionalValuesFiles[] valuesFile valuesInline{} valuesMerge apiVersions[] kubeVersion
		nameTemplate
	`,
	"IAMPolicyGenerator": `
		cloud kubernetesService.name kubernetesService.namespace serviceAccount.name serviceAccount.projectId
	`,
	"ImageTagTransformer": `
		imageTag.name imageTag.newName imageTag.tagSuffix imageTag.newTag imageTag.digest fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind
		fieldSpecs[].path
	`,
	"LabelTransformer": `
		labels{} fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind fieldSpecs[].path
	`,
	"NamespaceTransformer": `
		metadata.name metadata.namespace metadata.labels{} metadata.annotations{} fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind
		fieldSpecs[].path setRoleBindingSubjects
	`,
	"PatchJson6902Transformer": `
		target.group target.version target.kind target.name target.namespace target.annotationSelector target.labelSelector jsonOp
	`,
	"PatchStrategicMergeTransformer": `
		patches
	`,
	"PatchTransformer": `
		patch target.group target.version target.kind target.name target.namespace target.annotationSelector target.labelSelector
	`,
	"PrefixTransformer": `
		prefix fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind fieldSpecs[].path
	`,
	"ReplacementTransformer": `
		replacements[].source.group replacements[].source.version replacements[].source.kind replacements[].source.name replacements[].source.namespace
		replacements[].source.fieldPath replacements[].source.options.delimiter replacements[].source.options.encoding replacements[].targets[].select.group
		replacements[].targets[].select.version replacements[].targets[].select.kind replacements[].targets[].select.name
		replacements[].targets[].select.namespace replacements[].targets[].select.annotationSelector replacements[].targets[].select.labelSelector
		replacements[].targets[].reject[].group replacements[].targets[].reject[].version replacements[].targets[].reject[].kind
		replacements[].targets[].reject[].name replacements[].targets[].reject[].namespace replacements[].targets[].reject[].annotationSelector
		replacements[].targets[].reject[].labelSelector replacements[].targets[].fieldPaths[] replacements[].targets[].options.delimiter
		replacements[].targets[].options.encoding replacements[].sourceValue
	`,
	"ReplicaCountTransformer": `
		replica.name fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind fieldSpecs[].path
	`,
	"SecretGenerator": `
		metadata.name metadata.namespace metadata.labels{} metadata.annotations{} namespace name behavior literals[] env options.labels{}
		options.annotations{} type
	`,
	"SuffixTransformer": `
		suffix fieldSpecs[].group fieldSpecs[].version fieldSpecs[].kind fieldSpecs[].path
	`,
	"ValueAddTransformer": `
		value targets[].selector.group targets[].selector.version targets[].selector.kind targets[].selector.name targets[].selector.namespace
		targets[].selector.annotationSelector targets[].selector.labelSelector targets[].fieldPath
	`,
}
