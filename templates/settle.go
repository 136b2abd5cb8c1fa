package templates

import (
	"fmt"
	"html/template"
	"text/template/parse"

	"passerelle/i18n"
)

// A settlement puts into a language what templates say whoever reads them: a T that is given nothing
// but its key, and the addresses of assets. That is most of what a page says; settled at start, it
// costs a page nothing. The trees are those of one language: pages of another never see them.
type settlement struct {
	language *i18n.Language
	asset    func(name string) string
}

// all checks and settles a template and those it calls.
func (s settlement) all(t *template.Template) error {
	for _, t := range t.Templates() {
		if err := s.check(t.Tree); err != nil {
			return err
		}
	}
	for _, t := range t.Templates() {
		if t.Tree != nil {
			each := visit{list: s.settle}
			each.node(t.Tree.Root)
		}
	}
	return nil
}

// check looks for a key that is said and that the language does not hold: it would be said as it
// stands.
func (s settlement) check(tree *parse.Tree) error {
	if tree == nil {
		return nil
	}
	var missing string
	look := visit{command: func(c *parse.CommandNode) {
		if key, ok := said(c); ok && s.language.T(key) == key {
			missing = key
		}
	}}
	look.node(tree.Root)
	if missing != "" {
		return fmt.Errorf("%s says %q, which is not among the messages in %s", tree.ParseName, missing, s.language.Code)
	}
	return nil
}

// settle replaces actions by the text they would write. Escaped for HTML, it fits every place where
// templates speak: between elements and in quoted attributes.
func (s settlement) settle(list *parse.ListNode) {
	for i, n := range list.Nodes {
		action, ok := n.(*parse.ActionNode)
		if !ok || len(action.Pipe.Decl) > 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 2 {
			continue
		}
		command := action.Pipe.Cmds[0]
		text, ok := said(command)
		if ok {
			text = s.language.T(text)
		} else if text, ok = argument(command, "asset"); ok {
			text = s.asset(text)
		}
		if ok {
			list.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: action.Pos, Text: []byte(template.HTMLEscapeString(text))}
		}
	}
}

// said is the key a command passes to T.
func said(c *parse.CommandNode) (string, bool) {
	if key, ok := argument(c, ".T"); ok {
		return key, true
	}
	return argument(c, "$.T")
}

// argument is the first argument of a function, where it stands in the template.
func argument(c *parse.CommandNode, function string) (string, bool) {
	if len(c.Args) < 2 || c.Args[0].String() != function {
		return "", false
	}
	s, ok := c.Args[1].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return s.Text, true
}

// A visit goes through a template.
type visit struct {
	list    func(*parse.ListNode)    // may be nil
	command func(*parse.CommandNode) // may be nil
}

func (v visit) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if v.list != nil {
			v.list(n)
		}
		for _, child := range n.Nodes {
			v.node(child)
		}
	case *parse.ActionNode:
		v.node(n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			v.node(n.Pipe)
		}
	case *parse.IfNode:
		v.branch(&n.BranchNode)
	case *parse.WithNode:
		v.branch(&n.BranchNode)
	case *parse.RangeNode:
		v.branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			v.node(command)
		}
	case *parse.CommandNode:
		if v.command != nil {
			v.command(n)
		}
		for _, argument := range n.Args {
			v.node(argument)
		}
	}
}

func (v visit) branch(b *parse.BranchNode) {
	v.node(b.Pipe)
	v.node(b.List)
	if b.ElseList != nil {
		v.node(b.ElseList)
	}
}
