package model_test

import (
	"testing"

	"ichor/schema/model"
)

// A Service is called as the helpers of charts do: by the release's name alone where
// that has the chart's in it, cut where the chart cuts it.
func TestChartServiceNames(t *testing.T) {
	for _, c := range []struct {
		service              model.ChartService
		release, chart, want string
	}{
		{model.ChartService{Name: "{{fullname}}-controller"}, "ingress-nginx-internal", "ingress-nginx", "ingress-nginx-internal-controller"},
		{model.ChartService{Name: "{{fullname}}-controller"}, "internal", "ingress-nginx", "internal-ingress-nginx-controller"},
		{model.ChartService{Name: "{{fullname}}-prometheus", Cut: 26}, "monitoring", "kube-prometheus-stack", "monitoring-kube-prometheus-prometheus"},
		{model.ChartService{Name: "{{fullname}}", Of: "grafana"}, "kube-prometheus-stack", "kube-prometheus-stack", "kube-prometheus-stack-grafana"},
		{model.ChartService{Name: "{{fullname}}", Of: "grafana"}, "prometheus-grafana", "kube-prometheus-stack", "prometheus-grafana"},
		{model.ChartService{Name: "{{release}}-kong-proxy"}, "dashboard", "kubernetes-dashboard", "dashboard-kong-proxy"},
		{model.ChartService{Name: "longhorn-frontend"}, "storage", "longhorn", "longhorn-frontend"},
	} {
		if got := c.service.In(c.release, c.chart); got != c.want {
			t.Errorf("release %s of %s: %s, not %s", c.release, c.chart, got, c.want)
		}
	}
}
