package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ichor/schema/diag"
)

// choice is the value of a flag that takes one of a few words.
type choice[T ~string] struct {
	value *T
	words []T
}

// String gives the word.
func (c choice[T]) String() string {
	if c.value == nil {
		return ""
	}
	return string(*c.value)
}

// Type names the words in the help text.
func (c choice[T]) Type() string { return strings.Join(c.names(), "|") }

// Set takes one of the words.
func (c choice[T]) Set(s string) error {
	if !slices.Contains(c.words, T(s)) {
		return fmt.Errorf("it can be %s", strings.Join(c.names(), ", "))
	}
	*c.value = T(s)
	return nil
}

func (c choice[T]) names() []string {
	names := make([]string, len(c.words))
	for i, w := range c.words {
		names[i] = string(w)
	}
	return names
}

var _ pflag.Value = choice[string]{}

// outputFlag gives a verb the flag -o, whose default is the first word.
func outputFlag[T ~string](cmd *cobra.Command, usage string, words []T) *T {
	value := words[0]
	c := choice[T]{&value, words}
	cmd.Flags().VarP(c, "output", "o", usage)
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return c.names(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("output", complete); err != nil {
		panic(err) // the flag was added above
	}
	return &value
}

// formatFlag gives a verb the flag -o of those that print findings.
func formatFlag(cmd *cobra.Command) *diag.Format {
	return outputFlag(cmd, "format of findings; all formats but text go to stdout", diag.Formats())
}

// allFlag gives a verb the flag that lifts the bound of what is printed.
func (a *app) allFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.all, "all", false, "print every finding (default: the first 100 of each code as text, and 5,000 in all for programs)")
}

// noArguments refuses arguments with a sentence.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, but there is %q", cmd.Name(), args[0])
	}
	return nil
}
