package check

import (
	"slices"
	"strings"
	"unicode"

	"ichor/schema/diag"
	"ichor/schema/model"
)

var vaultRules = []rule{
	{diag.Rule{
		Code: "secret-item-unknown", Severity: diag.Error,
		Summary: "The spec reads an item or a property that its `vaults` do not have: External Secrets never fills a Secret from an item or a property that does not exist.",
		Wrong:   `cluster: {vaults: Home: Web: ["token"], services: web: secrets: web: keys: token: {item: "Wbe", property: "token"}}`,
		Right:   `cluster: {vaults: Home: Web: ["token"], services: web: secrets: web: keys: token: {item: "Web", property: "token"}}`,
		Source:  "External Secrets pkg/provider/onepassword: items by their title, fields by their label, the vaults of a store in order",
	}, itemsUnknown},
	{diag.Rule{
		Code: "vault-unknown", Severity: diag.Error,
		Summary: "A store or the secrets bundle names a vault that is not among the spec's `vaults`: a store with a vault that does not exist never becomes ready.",
		Wrong:   `cluster: {vaults: Home: {}, services: connect: secretStores: op: onePasswordConnect: vaults: ["Hoem"]}`,
		Right:   `cluster: {vaults: Home: {}, services: connect: secretStores: op: onePasswordConnect: vaults: ["Home"]}`,
		Source:  "External Secrets pkg/provider/onepassword, Validate",
	}, vaultsUnknown},
}

// itemUse is a place that reads an item from vaults, asked in their order. It
// has no property where it reads the item as a whole.
type itemUse struct {
	vaults         []*model.Vault
	item, property model.At[string]
}

func itemsUnknown(c *model.Cluster, r *diag.Report) {
	for _, u := range itemUses(c) {
		vault, item := u.find()
		switch {
		case item == nil:
			u.noItem(c, r)
		case u.property.V != "" && !slices.ContainsFunc(item.Properties, u.isProperty):
			u.noProperty(r, vault, item)
		}
	}
}

// itemUses gives what the spec, its inline objects, those in charts' values and
// those of its directories read from vaults of which it is known what they hold.
func itemUses(c *model.Cluster) []itemUse {
	if len(c.Vaults) == 0 {
		return nil
	}
	uses := externalUses(c)
	for _, ref := range c.SecretRefs() {
		uses = append(uses, itemUse{vaultsOf(c, ref.Store.To), ref.Item, ref.Property})
	}
	if t := c.Talos; t != nil && t.Secrets.Item.IsSet() {
		uses = append(uses, itemUse{vaults: knownVaults(c, []model.At[string]{t.Secrets.Vault}), item: t.Secrets.Item})
	}
	return slices.DeleteFunc(uses, func(u itemUse) bool { return u.item.V == "" || len(u.vaults) == 0 })
}

// vaultsOf gives the vaults of a store; none where one of them is not known.
func vaultsOf(c *model.Cluster, s *model.SecretStore) []*model.Vault {
	if s == nil || s.Connect == nil {
		return nil
	}
	return knownVaults(c, s.Connect.Vaults)
}

func knownVaults(c *model.Cluster, names []model.At[string]) []*model.Vault {
	var out []*model.Vault
	for _, name := range names {
		i := slices.IndexFunc(c.Vaults, func(v *model.Vault) bool { return v.Name.V == name.V })
		if i < 0 {
			return nil
		}
		out = append(out, c.Vaults[i])
	}
	return out
}

// find gives the item that is meant: that of the first vault that has one.
func (u itemUse) find() (*model.Vault, *model.Item) {
	for _, v := range u.vaults {
		for _, i := range v.Items {
			if i.Name.V == u.item.V {
				return v, i
			}
		}
	}
	return nil, nil
}

// isProperty reports whether a property is the one that is read. External
// Secrets takes field/<label> and file/<name> for what is behind the slash.
func (u itemUse) isProperty(p model.At[string]) bool {
	read := strings.TrimPrefix(strings.TrimPrefix(u.property.V, "field/"), "file/")
	return p.V == u.property.V || p.V == read
}

func (u itemUse) noItem(c *model.Cluster, r *diag.Report) {
	f := at(r, u.item, "item %q does not exist in vault %s", u.item.V, vaultNames(u.vaults)).
		Advise("name an item of the vault, or create the item and add it to `vaults`")
	if near := nearItems(u.item.V, itemNames(u.vaults)); len(near) > 0 {
		f.Advise("did you mean %s?", diag.OneOf(near))
	}
	for _, v := range u.vaults {
		f.Note(v.Name.Pos, "what is in vault %q", v.Name.V)
	}
	for _, v := range c.Vaults {
		if slices.Contains(itemNames([]*model.Vault{v}), u.item.V) {
			f.Note(v.Name.Pos, "vault %q has an item of this name, but is not read here", v.Name.V)
		}
	}
}

func (u itemUse) noProperty(r *diag.Report, vault *model.Vault, item *model.Item) {
	names := texts(item.Properties)
	advice := "add the property to the item, and to `vaults`"
	if len(names) > 0 {
		advice = "the item has " + strings.Join(names, ", ")
	}
	at(r, u.property, "item %q of vault %q has no property %q", item.Name.V, vault.Name.V, u.property.V).
		Note(item.Name.Pos, "the item").
		Advise("%s", advice).
		Propose(u.property.V, names)
}

// nearItems gives the titles that one may have meant: mistyped ones, and those
// with the same words and more, as "Web Token - home" for web-token.
func nearItems(title string, titles []string) []string {
	if near := diag.Nearest(title, titles); len(near) > 0 {
		return near
	}
	read := wordsOf(title)
	var out []string
	for _, t := range titles {
		all := wordsOf(t)
		if len(read) > 0 && !slices.ContainsFunc(read, func(w string) bool { return !slices.Contains(all, w) }) {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 3)]
}

// wordsOf gives the words of a title, in lower case.
func wordsOf(title string) []string {
	return strings.FieldsFunc(strings.ToLower(title), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

func vaultNames(vaults []*model.Vault) string {
	var names []string
	for _, v := range vaults {
		names = append(names, v.Name.V)
	}
	return diag.OneOf(names)
}

func itemNames(vaults []*model.Vault) []string {
	var out []string
	for _, v := range vaults {
		for _, i := range v.Items {
			out = append(out, i.Name.V)
		}
	}
	return out
}

func texts(values []model.At[string]) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.V)
	}
	return out
}

func vaultsUnknown(c *model.Cluster, r *diag.Report) {
	if len(c.Vaults) == 0 {
		return
	}
	var names []string
	for _, v := range c.Vaults {
		names = append(names, v.Name.V)
	}
	for _, n := range vaultsNamed(c) {
		if !slices.Contains(names, n.V) {
			at(r, n, "vault %q does not exist", n.V).
				Note(c.Vaults[0].Name.Pos, "the vaults are defined here").
				Advise("the vaults are %s", strings.Join(names, ", ")).
				Propose(n.V, names)
		}
	}
}

func vaultsNamed(c *model.Cluster) []model.At[string] {
	var out []model.At[string]
	for _, s := range c.Services {
		for _, x := range s.SecretStores {
			if x.Connect != nil {
				out = append(out, x.Connect.Vaults...)
			}
		}
	}
	if c.Talos != nil && c.Talos.Secrets.Vault.IsSet() {
		out = append(out, c.Talos.Secrets.Vault)
	}
	return out
}
