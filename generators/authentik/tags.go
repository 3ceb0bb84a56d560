package authentik

import "go.yaml.in/yaml/v3"

// Values with the tags that authentik reads in a blueprint. Source: authentik,
// website/docs/customize/blueprints/v1/tags.mdx.

// find is the primary key of the object of a model whose field has a value.
type find struct{ model, field, value string }

// MarshalYAML gives !Find [model, [field, value]].
func (f find) MarshalYAML() (any, error) {
	return sequence("!Find", scalar("", f.model), sequence("", scalar("", f.field), scalar("", f.value))), nil
}

// keyOf is the primary key of what an earlier entry made, by the entry's id.
type keyOf string

// MarshalYAML gives !KeyOf id.
func (k keyOf) MarshalYAML() (any, error) { return scalar("!KeyOf", string(k)), nil }

// variable is the value of an environment variable of authentik's worker.
type variable string

// MarshalYAML gives !Env NAME.
func (v variable) MarshalYAML() (any, error) { return scalar("!Env", string(v)), nil }

func scalar(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}

func sequence(tag string, content ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: tag, Style: yaml.FlowStyle, Content: content}
}
