// Package fault names the few ways something goes wrong that a person should be told about.
//
// A fault carries three things: a kind, which decides the HTTP status; the key of the message the
// visitor reads, in their language; and a cause, which only the log sees.
package fault

import "errors"

// A Kind is one of the ways a request can fail that are somebody's to know.
type Kind int

const (
	// Internal is everything unforeseen; the visitor learns only that it was not their doing.
	Internal Kind = iota
	// NotFound also covers what exists but is not the visitor's: not yours is not there.
	NotFound
	// Invalid is input that cannot be taken as it is; Fields says where.
	Invalid
	// SignInNeeded means nobody is signed in and somebody has to be.
	SignInNeeded
	// Forbidden means the visitor may know of the thing, but not do this with it.
	Forbidden
	// Conflict means somebody, or the visitor's other tab, was faster.
	Conflict
	// TooMany means slow down.
	TooMany
	// Unavailable means try again soon: the database is away or too busy.
	Unavailable
)

// An Error is a fault on its way to the visitor.
type Error struct {
	Kind   Kind
	Key    string            // message key in i18n
	Args   []any             // name, value, name, value … for the message
	Fields map[string]string // for Invalid: form field → message key
	Cause  error             // for the log; may be nil
}

// Error is what the log prints.
func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Key + ": " + e.Cause.Error()
	}
	return e.Key
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// New returns a fault of kind with the message key and its arguments.
func New(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// Wrap returns a fault of kind that keeps cause for the log.
func Wrap(cause error, kind Kind, key string) *Error {
	return &Error{Kind: kind, Key: key, Cause: cause}
}

// Missing is the one answer to what is not there and to what is not the visitor's.
func Missing() *Error { return New(NotFound, "fault.not_found") }

// Fields is an Invalid fault: form field → message key.
func Fields(fields map[string]string) *Error {
	return &Error{Kind: Invalid, Key: "fault.invalid", Fields: fields}
}

// KindOf is the kind of the first fault in err's chain, or Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is a fault of kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
