// Prints what text/template of Go makes of many templates, as the test beside it compares:
//
//	go run main.go > cases.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"
)

type rule struct {
	ID    string
	Names []string
}

type thing struct {
	ID, Name string
	Nb       int
	Flag     bool
	Tags     []string
	Rules    []rule
	Policies map[string][]string
}

var data = thing{
	ID: `i"d`, Name: "né<&>", Nb: 42, Flag: true, Tags: []string{"a", "b c"},
	Rules:    []rule{{"r1", []string{"x"}}, {"r2", nil}},
	Policies: map[string][]string{"b": {"2"}, "a": {"1", "3"}},
}

var values = []string{
	`42`, `-7`, `0`, `'x'`, `0x1F`, `1.5`, `-0.25`, `1e3`, `1e21`, `0.00001`, `123456789.0`,
	`""`, `"héllo"`, `"a\tb"`, "\"`\\\"'\"", `"\u00a0\u200b\U0001F600"`, `true`, `false`,
	`.Name`, `.Nb`, `.Flag`, `.Tags`, `.Policies`, `(index .Rules 0)`, `.Rules`,
}

func cases() []string {
	var all []string
	add := func(format string, words ...any) { all = append(all, fmt.Sprintf(format, words...)) }
	for _, value := range values {
		add(`{{ %s }}|{{ print %s }}|{{ println %s %s }}`, value, value, value, value)
		add(`{{ if %s }}yes{{ else }}no{{ end }}{{ not %s }}`, value, value)
		for _, name := range []string{"len", "json"} {
			add(`{{ %s %s }}`, name, value)
		}
		for _, verb := range strings.Split("vsqdtxXobcUOfFeEgG", "") {
			for _, flags := range []string{"", "8", "-8", "08", "+", " ", "#", ".1", "-8.2", "+08.3", "# "} {
				add(`{{ printf "%%%s%s" %s }}`, flags, verb, value)
			}
		}
	}
	for _, name := range []string{"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "index", "print"} {
		for _, one := range values {
			for _, other := range []string{`0`, `42`, `1.5`, `"b"`, `true`, `.Tags`} {
				add(`{{ %s %s %s }}`, name, one, other)
			}
		}
	}
	for _, more := range []string{
		`{{ printf "%[2]d %[1]d" 1 2 }}`, `{{ printf "%d %d" 1 }}`, `{{ printf "%d" 1 2 }}`, `{{ printf "%!" }}`, `{{ printf "%z" 1 }}`,
		`{{ printf "%*d|%-*d|%.*f" 5 3 5 3 1 2.25 }}`, `{{ printf "%*d" "a" 3 }}`, `{{ printf "%8%|%-%|%.1%" }}`, `{{ printf "%" }}`, `{{ printf "%5" }}`, `{{ printf "%5%" }}`,
		`{{ print 1 2 }}|{{ print "a" 1 "b" }}|{{ print true false }}|{{ print }}`, `{{ println }}`,
		`{{ eq 1 2 1 }}|{{ eq "a" "b" "a" }}`, `{{ and true 0 2 }}|{{ or "" 0 "x" }}`,
		`{{ index .Policies "a" 1 }}|{{ index .Tags 1 }}`,
		`{{ range $i, $t := .Tags }}{{ $i }}={{ $t }};{{ end }}`, `{{ range .Policies }}{{ . }}{{ end }}`,
		`{{ with $x := .Nb }}{{ $x }}{{ . }}{{ end }}`, `{{ with 0 }}a{{ else with .Nb }}{{ . }}{{ end }}`,
		"a {{- 1 -}} b {{- /* c */ -}} d", `{{ 1 | printf "%d-%d" 2 }}`, `{{ "x" | len }}`, `{{ (index .Rules 1).Names }}`,
		`{{ printf "%s %v" .Policies .Rules }}`, `{{ printf "%q" .Policies }}`, `{{ printf "%d" .Tags }}`, `{{ printf "%6s|%-6s|%.1s" .Tags .Tags .Tags }}`,
		`{{ 1_000 }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ +5 }} {{ .5 }} {{ 5. }}`, `{{ '\n' }} {{ 'é' }} {{ '\'' }}`,
		`{{ "\a\b\f\v\\\x41\101" }}`, "{{ `raw\\n` }}",
	} {
		add("%s", more)
	}
	return all
}

func main() {
	functions := template.FuncMap{"json": func(value any) (string, error) {
		text, err := json.Marshal(value)
		return string(text), err
	}}
	var made [][2]any
	for _, source := range cases() {
		parsed, err := template.New("").Funcs(functions).Parse(source)
		var text strings.Builder
		if err == nil {
			err = parsed.Execute(&text, data)
		}
		if err != nil {
			made = append(made, [2]any{source, nil})
		} else {
			made = append(made, [2]any{source, text.String()})
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for i, one := range made {
		if i == 0 {
			fmt.Print("[\n")
		}
		text, _ := json.Marshal(one)
		fmt.Print(string(text))
		if i < len(made)-1 {
			fmt.Print(",")
		}
		fmt.Print("\n")
	}
	fmt.Print("]\n")
}
