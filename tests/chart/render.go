// SPDX-License-Identifier: LGPL-2.1-or-later

// Renders a helm chart offline, as "helm template" does, with the distribution's sprig. Of helm's own functions and
// objects it has those that the chart uses; a template that uses another one does not parse.
//
//	render text CHART [VALUES]    the objects as YAML, as "helm template linx CHART --namespace linx" prints them
//	render all CHART AXES         a line of JSON for each combination: {"name", "values", "error" or "objects"}
//
// VALUES is a file like values.yaml. AXES is a file of lists: each list has alternatives {name, values, version}, and a
// combination takes one of each list. "version" is that of Kubernetes.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

const defaultVersion = "v1.31.0"

type tree = map[string]interface{}

type chart struct {
	dir       string
	meta      tree
	values    tree
	templates *template.Template
	names     []string // templates that make objects
}

type files struct{ dir string }

// Get returns a file of the chart: helm's .Files.Get, which returns "" for a missing file.
func (f files) Get(name string) string {
	text, err := os.ReadFile(filepath.Join(f.dir, name))
	if err != nil {
		return ""
	}
	return string(text)
}

func toYaml(v interface{}) (string, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

func readYaml(path string, into interface{}) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func load(dir string) (*chart, error) {
	c := &chart{dir: dir}
	if err := readYaml(filepath.Join(dir, "Chart.yaml"), &c.meta); err != nil {
		return nil, err
	}
	if err := readYaml(filepath.Join(dir, "values.yaml"), &c.values); err != nil {
		return nil, err
	}
	functions := sprig.TxtFuncMap()
	for _, name := range []string{"env", "expandenv"} { // helm takes these away
		delete(functions, name)
	}
	functions["toYaml"] = toYaml
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := c.templates.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	c.templates = template.New("").Funcs(functions)
	paths, _ := filepath.Glob(filepath.Join(dir, "templates", "*"))
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: no templates", dir)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(path)
		if _, err := c.templates.New(name).Parse(string(text)); err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".yaml") {
			c.names = append(c.names, name)
		}
	}
	return c, nil
}

func copyTree(from interface{}) interface{} {
	switch v := from.(type) {
	case tree:
		to := tree{}
		for key, value := range v {
			to[key] = copyTree(value)
		}
		return to
	case []interface{}:
		to := make([]interface{}, len(v))
		for i, value := range v {
			to[i] = copyTree(value)
		}
		return to
	}
	return from
}

// isFree returns whether a user chooses the names in the map at a path of values.
func isFree(path string, chart tree) bool {
	for _, end := range []string{"Selector.", "resources.", "annotations."} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return path != "" && len(chart) == 0
}

// merge puts the given values over the chart's: maps are merged, all else is replaced. An unknown name is an error, since
// helm would ignore a misspelt one.
func merge(to, from tree, path string) error {
	free := isFree(path, to)
	for key, value := range from {
		old, known := to[key]
		if !known && !free {
			return fmt.Errorf("no value %s in values.yaml", path+key)
		}
		a, isMap := old.(tree)
		b, both := value.(tree)
		if isMap && both {
			if err := merge(a, b, path+key+"."); err != nil {
				return err
			}
			continue
		}
		to[key] = copyTree(value)
	}
	return nil
}

// text renders all templates, and returns the YAML of the objects in the order in which helm installs them.
func (c *chart) text(values tree, version string) ([]string, error) {
	order := map[string]int{"ServiceAccount": 1, "ConfigMap": 2, "ClusterRole": 3, "ClusterRoleBinding": 4, "DaemonSet": 5}
	major, minor := strings.Split(strings.TrimPrefix(version, "v"), ".")[0], strings.Split(version, ".")[1]
	data := tree{
		"Values":       copyTree(values),
		"Chart":        tree{"Name": c.meta["name"], "Version": c.meta["version"], "AppVersion": c.meta["appVersion"]},
		"Release":      tree{"Name": "linx", "Namespace": "linx", "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": tree{"KubeVersion": tree{"Version": version, "Major": major, "Minor": minor}},
		"Files":        files{c.dir},
	}
	var documents []string
	for _, name := range c.names {
		var out strings.Builder
		if err := c.templates.ExecuteTemplate(&out, name, data); err != nil {
			return nil, err
		}
		for _, part := range strings.Split("\n"+out.String(), "\n---\n") {
			if part = strings.TrimSpace(part); part != "" {
				documents = append(documents, part+"\n")
			}
		}
	}
	kind := func(text string) int {
		var object struct{ Kind string }
		if yaml.Unmarshal([]byte(text), &object) != nil || order[object.Kind] == 0 {
			return len(order) + 1
		}
		return order[object.Kind]
	}
	sort.SliceStable(documents, func(i, j int) bool { return kind(documents[i]) < kind(documents[j]) })
	return documents, nil
}

func parse(documents []string) ([]interface{}, error) {
	var objects []interface{}
	for _, text := range documents {
		decoder := yaml.NewDecoder(strings.NewReader(text))
		for {
			var object tree
			err := decoder.Decode(&object)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%w in\n%s", err, text)
			}
			objects = append(objects, object)
		}
	}
	return objects, nil
}

type alternative struct {
	Name    string
	Values  tree
	Version string
}

type combination struct {
	Name    string        `json:"name"`
	Values  tree          `json:"values"`
	Error   string        `json:"error,omitempty"`
	Objects []interface{} `json:"objects,omitempty"`
}

func (c *chart) combine(chosen []alternative) (*combination, error) {
	values, version := copyTree(c.values).(tree), defaultVersion
	result := &combination{Values: values}
	for _, a := range chosen {
		result.Name = strings.TrimSpace(result.Name + " " + a.Name)
		if a.Version != "" {
			version = a.Version
		}
		if err := merge(values, a.Values, ""); err != nil {
			return nil, err
		}
	}
	documents, err := c.text(values, version)
	if err != nil {
		result.Error = err.Error()
		return result, nil
	}
	result.Objects, err = parse(documents)
	return result, err
}

// all prints every combination of the lists.
func (c *chart) all(axes [][]alternative, chosen []alternative, to *json.Encoder) error {
	if len(axes) == 0 {
		result, err := c.combine(chosen)
		if err != nil {
			return err
		}
		return to.Encode(result)
	}
	for _, a := range axes[0] {
		if err := c.all(axes[1:], append(chosen[:len(chosen):len(chosen)], a), to); err != nil {
			return err
		}
	}
	return nil
}

func run(args []string) error {
	if len(args) < 2 || (args[0] == "all") != (len(args) == 3 && args[0] == "all") {
		return errors.New("usage: render text CHART [VALUES] | render all CHART AXES")
	}
	c, err := load(args[1])
	if err != nil {
		return err
	}
	if args[0] == "all" {
		var axes [][]alternative
		if err := readYaml(args[2], &axes); err != nil {
			return err
		}
		return c.all(axes, nil, json.NewEncoder(os.Stdout))
	}
	if len(args) == 3 {
		var own tree
		if err := readYaml(args[2], &own); err != nil {
			return err
		}
		if err := merge(c.values, own, ""); err != nil {
			return err
		}
	}
	documents, err := c.text(c.values, defaultVersion)
	if err != nil {
		return err
	}
	for _, text := range documents {
		fmt.Printf("---\n%s", text)
	}
	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "render: %v\n", err)
		os.Exit(1)
	}
}
