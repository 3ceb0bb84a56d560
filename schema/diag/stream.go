package diag

import (
	"io"
	"sync"
	"unicode/utf8"
)

// Stream is an output on which no text of a file steers a terminal or gives a command to
// who reads the log. It passes line breaks and tabs, and shows the rest as Plain does.
// Only the printers of this package write past it: GitHub's commands, and colours. Several
// goroutines may write to it.
type Stream struct {
	mu    sync.Mutex
	raw   io.Writer
	state escaper
	rest  []byte // the start of a rune that the next write completes
}

// NewStream gives the stream that writes to w.
func NewStream(w io.Writer) *Stream { return &Stream{raw: w} }

// Unwrap gives what the stream writes to, to look at what that is.
func (s *Stream) Unwrap() io.Writer { return s.raw }

// Write shows text. Its error is that of the output below.
func (s *Stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := append(s.rest, p...)
	out := make([]byte, 0, len(text))
	for len(text) > 0 && utf8.FullRune(text) {
		r, n := utf8.DecodeRune(text)
		out = s.show(out, r, string(text[:n]))
		text = text[n:]
	}
	s.rest = append([]byte(nil), text...)
	if _, err := s.raw.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *Stream) show(out []byte, r rune, raw string) []byte {
	switch r {
	case '\n':
		s.state = escaper{}
	case '\t':
		s.state.step(r)
	default:
		return s.state.append(out, r, raw)
	}
	return append(out, raw...)
}

// Flush shows what is left where the last write ended within a rune.
func (s *Stream) Flush() error {
	var out []byte
	for _, b := range s.rest {
		out = s.state.append(out, utf8.RuneError, string([]byte{b}))
	}
	s.rest = nil
	if len(out) == 0 {
		return nil
	}
	_, err := s.raw.Write(out)
	return err
}

// beneath gives what a stream writes to, for printers whose own marks it would show as
// text. They make plain what they print of files.
func beneath(w io.Writer) io.Writer {
	if s, ok := w.(*Stream); ok {
		return s.raw
	}
	return w
}
