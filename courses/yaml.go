package courses

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// The YAML of course folders: values go in and out of the structs whose fields bear yaml tags. We
// walk the nodes ourselves, because every value's line is wanted, unknown fields have to be told from
// known ones in an author's words, and anchors, aliases and tags of one's own have no place here.

// A spot is where a value stands in its file.
type spot struct {
	line    int
	literal bool // the value's own lines are lines of the file, from here
}

// A tree is a YAML text that was read into a struct or a list.
type tree struct {
	spots  map[string]spot // path → where: "options[2].text.nl"; "" is the whole
	broken []string        // paths of values that could not be read
	flaws  []*flaw
}

var yamlLine = regexp.MustCompile(`^line (\d+): `)

// parseYAML reads one YAML document into a pointer. What cannot be read is left as it is and noted.
func parseYAML(data []byte, into any) *tree {
	t := &tree{spots: map[string]spot{}}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return t.unreadable(flawed(1, "there is nothing in it"))
	case err != nil:
		return t.unreadable(yamlFlaw(err, data))
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return t.unreadable(flawed(max(second.Line, 1), "a second YAML document begins here; one is allowed"))
	} else if !errors.Is(err, io.EOF) {
		return t.unreadable(yamlFlaw(err, data))
	}
	t.value(document.Content[0], reflect.ValueOf(into).Elem(), "")
	return t
}

// yamlFlaw puts what the YAML library says into a flaw with a line.
func yamlFlaw(err error, data []byte) *flaw {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), 1
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, few
		message = message[len(m[0]):]
		if strings.HasPrefix(message, "did not find expected") {
			line++ // the library counts these from nought
		}
	}
	switch {
	case strings.HasPrefix(message, "unknown anchor"):
		if m := aliasName.FindStringSubmatch(message); m != nil {
			before, _, _ := bytes.Cut(data, []byte("*"+m[1]))
			line = 1 + bytes.Count(before, []byte{'\n'})
		}
		message = quoteIt
	case strings.HasPrefix(message, "mapping values are not allowed"), strings.HasPrefix(message, "found character that cannot start"):
		message += "; " + quoteIt
	}
	return flawed(max(line, 1), "not sound YAML: %s", message)
}

var aliasName = regexp.MustCompile(`'(.*)'`)

const quoteIt = `a text with a colon in it, or that begins with a mark, is put between "quotation marks"`

// whole reports whether the text was YAML at all.
func (t *tree) whole() bool { return !slices.Contains(t.broken, "") }

func (t *tree) unreadable(f *flaw) *tree {
	t.flaws, t.broken = append(t.flaws, f), append(t.broken, "")
	return t
}

// maxFlaws is how many flaws of one file are said; then nothing more is read of it.
const maxFlaws = 200

func (t *tree) full() bool { return len(t.flaws) > maxFlaws }

func (t *tree) find(line int, format string, args ...any) {
	switch {
	case t.full():
	case len(t.flaws) == maxFlaws:
		t.unreadable(flawed(line, "there is more to mend from here on"))
	default:
		t.flaws = append(t.flaws, flawed(line, format, args...))
	}
}

func (t *tree) refuse(n *yaml.Node, path, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if path != "" {
		message = path + ": " + message
	}
	t.find(n.Line, "%s", message)
	t.broken = append(t.broken, path)
}

func (t *tree) value(n *yaml.Node, v reflect.Value, path string) {
	if t.full() {
		return
	}
	t.spots[path] = spot{line: n.Line}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		t.refuse(n, path, "anchors and aliases (& and *) are not allowed; "+quoteIt)
		return
	case n.Style&yaml.TaggedStyle != 0:
		t.refuse(n, path, "tags (!) are not allowed; "+quoteIt)
		return
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return
	}
	if _, ok := v.Interface().(Text); ok {
		t.text(n, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		t.value(n, v.Elem(), path)
		if slices.Contains(t.broken, path) {
			v.SetZero()
		}
	case reflect.Struct:
		t.fields(n, v, path)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			t.refuse(n, path, "a list is wanted here")
			return
		}
		if len(n.Content) > maxItems {
			t.refuse(n, path, "%d items; at most %d are allowed", len(n.Content), maxItems)
			return
		}
		for i, item := range n.Content {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			t.value(item, v.Index(i), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.String:
		if s, ok := t.scalar(n, path, "a text"); ok {
			v.SetString(s)
		}
	case reflect.Int:
		if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
			if i, err := strconv.ParseInt(n.Value, 10, 32); err == nil {
				v.SetInt(i)
				return
			}
		}
		t.refuse(n, path, "a whole number is wanted here")
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
			t.refuse(n, path, "true or false is wanted here")
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	default:
		panic("courses: no YAML for " + v.Type().String()) // a struct of ours, not an author's file
	}
}

// scalar is a text on its own; a number or a date is one, too. Empty lines around it are the YAML's.
func (t *tree) scalar(n *yaml.Node, path, wanted string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		t.refuse(n, path, "%s is wanted here", wanted)
		return "", false
	}
	s := strings.TrimLeft(n.Value, "\n")
	if n.Style&yaml.LiteralStyle != 0 {
		t.spots[path] = spot{line: n.Line + 1 + len(n.Value) - len(s), literal: true}
	}
	return strings.TrimRight(s, "\n"), true
}

// text reads a text per language. Empty ones are as good as not there.
func (t *tree) text(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		t.refuse(n, path, "a text per language is wanted here, like {fr: …}")
		return
	}
	text := Text{}
	t.each(n, path, func(lang string, key, value *yaml.Node, below string) {
		t.spots[below] = spot{line: key.Line}
		var s string
		t.value(value, reflect.ValueOf(&s).Elem(), below)
		if s != "" {
			text[lang] = s
		}
	})
	if len(text) > 0 {
		v.Set(reflect.ValueOf(text))
	}
}

func (t *tree) fields(n *yaml.Node, v reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		t.refuse(n, path, "fields are wanted here: %s", strings.Join(fieldNames(v.Type()), ", "))
		return
	}
	t.each(n, path, func(name string, key, value *yaml.Node, below string) {
		for i := range v.NumField() {
			if field, _ := yamlTag(v.Type().Field(i)); field == name {
				t.value(value, v.Field(i), below)
				return
			}
		}
		t.find(key.Line, "unknown field %q; there are %s", shorten(name), strings.Join(fieldNames(v.Type()), ", "))
	})
}

// each walks through a mapping, whose keys are plain texts that stand there once.
func (t *tree) each(n *yaml.Node, path string, do func(name string, key, value *yaml.Node, below string)) {
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content) && !t.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Tag == "!!merge" || key.Style&yaml.TaggedStyle != 0:
			t.find(key.Line, "a field's name is wanted here")
			continue
		case seen[key.Value]:
			t.find(key.Line, "%q stands here twice", shorten(key.Value))
			continue
		}
		seen[key.Value] = true
		below := key.Value
		if path != "" {
			below = path + "." + key.Value
		}
		do(key.Value, key, value, below)
	}
}

func yamlTag(f reflect.StructField) (name, options string) {
	name, options, _ = strings.Cut(f.Tag.Get("yaml"), ",")
	return name, options
}

func fieldNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _ := yamlTag(t.Field(i))
		names = append(names, name)
	}
	return names
}

// writeYAML writes a struct or list as YAML, texts in the order of the languages.
func writeYAML(v any, languages []string) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(node(reflect.ValueOf(v), languages, "")); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	return b.Bytes(), nil
}

func node(v reflect.Value, languages []string, options string) *yaml.Node {
	if text, ok := v.Interface().(Text); ok {
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, lang := range inOrder(text, languages) {
			n.Content = append(n.Content, textNode(lang), textNode(text[lang]))
		}
		return n
	}
	switch v.Kind() {
	case reflect.Pointer:
		return node(v.Elem(), languages, options)
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for i := range v.NumField() {
			name, options := yamlTag(v.Type().Field(i))
			if strings.Contains(options, "omitempty") && (v.Field(i).IsZero() || v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() == 0) {
				continue
			}
			n.Content = append(n.Content, textNode(name), node(v.Field(i), languages, options))
		}
		return n
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		if strings.Contains(options, "flow") {
			n.Style = yaml.FlowStyle
		}
		for i := range v.Len() {
			n.Content = append(n.Content, node(v.Index(i), languages, ""))
		}
		return n
	case reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}
	case reflect.Bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Bool())}
	default:
		return textNode(v.String())
	}
}

// inOrder are a text's languages, the course's first.
func inOrder(text Text, languages []string) []string {
	var order, others []string
	for _, lang := range languages {
		if _, ok := text[lang]; ok && !slices.Contains(order, lang) {
			order = append(order, lang)
		}
	}
	for lang := range text {
		if !slices.Contains(order, lang) {
			others = append(others, lang)
		}
	}
	slices.Sort(others)
	return append(order, others...)
}

var (
	plainYAML   = regexp.MustCompile(`^[\pL](?:[\pL\pN _,.()’/%–-]*[\pL\pN.)’%])?$`)
	dateYAML    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	notPlain    = regexp.MustCompile(`(?i)^(?:null|true|false|yes|no|on|off|y|n)$`)
	literalYAML = regexp.MustCompile(`^[^\s\pC](?:[^\pC\pZ]|[ \x{a0}\x{202f}]|\n)*$`)
	looseLine   = regexp.MustCompile(`[ \x{a0}\x{202f}]\n|[ \x{a0}\x{202f}]$|\n[ \x{a0}\x{202f}]`)
)

// textNode writes a text as an author would: plainly where nobody could misread it, line by line
// where it has lines, else in quotation marks, which hold anything.
func textNode(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Style: yaml.DoubleQuotedStyle}
	switch {
	case dateYAML.MatchString(s):
		n.Style, n.Tag = 0, "" // a plain date would be told from a text by its tag
	case plainYAML.MatchString(s) && !notPlain.MatchString(s):
		n.Style = 0
	case strings.Contains(s, "\n") && literalYAML.MatchString(s) && !looseLine.MatchString(s):
		n.Style = yaml.LiteralStyle
	}
	return n
}
