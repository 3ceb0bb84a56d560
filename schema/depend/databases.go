package depend

import (
	"ichor/schema/model"
)

// databases are the databases of a spec by their Services, as namespace/name.
type databases map[string]string

// databasesOf finds the Services of each database: that of the primary, and those
// for reading. Source: CloudNativePG documentation, Service Management.
func databasesOf(c *model.Cluster) databases {
	out := databases{}
	for _, s := range c.Services {
		for _, d := range s.Databases {
			for _, suffix := range []string{"-rw", "-ro", "-r"} {
				out[s.Namespace.V+"/"+d.Name.V+suffix] = d.Name.V
			}
		}
	}
	return out
}

// connected replaces the need of a database's Service by one of the database:
// whoever connects to it cannot work without it.
func (d databases) connected(needs []model.Need) []model.Need {
	for i, n := range needs {
		if name, ok := d[n.Name]; ok && n.Kind == model.KindService {
			needs[i].Capability = model.Capability{Kind: model.KindDatabase, Name: name}
			needs[i].Weak = false
		}
	}
	return needs
}
