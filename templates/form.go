package templates

import (
	"errors"

	"passerelle/fault"
	"passerelle/i18n"
)

// FormOf puts a fault into the words a form comes back with. An error that is not a fault with a
// message to show is the caller's to answer otherwise: what it gives back then only says that
// something went wrong.
func FormOf(l *i18n.Language, err error) Form {
	var f *fault.Error
	if !errors.As(err, &f) {
		return Form{Fault: l.T("fault.internal")}
	}
	if len(f.Fields) == 0 {
		return Form{Fault: l.T(f.Key, f.Args...)}
	}
	said := make(map[string]string, len(f.Fields))
	for field, key := range f.Fields {
		said[field] = l.T(key, f.Args...)
	}
	return Form{Errors: said}
}
