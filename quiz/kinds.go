package quiz

// Kinds are all kinds of question, in the order in which authors are offered them. A new kind is a
// file of its own and one line here.
func Kinds() []Kind {
	return []Kind{
		SingleChoice{},
		MultipleChoice{},
		TrueFalse{},
	}
}

// ByName is the kind with the word name in course files.
func ByName(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name() == name {
			return k, true
		}
	}
	return nil, false
}
