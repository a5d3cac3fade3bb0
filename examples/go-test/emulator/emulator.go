// Package emulator starts dodo-emulator for tests: one emulator per test binary, and a sandbox per test.
//
// DODO_EMULATOR is the command, by default "npx dodo-emulator". DODO_PAYMENTS_EMULATOR_URL uses a running emulator instead, such as
// a container of the image.
package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var (
	address string
	count   atomic.Int64
)

// Main starts the emulator, runs the tests and stops it. Call it from TestMain: os.Exit(emulator.Main(m)).
func Main(m *testing.M) int {
	address = strings.TrimSuffix(os.Getenv("DODO_PAYMENTS_EMULATOR_URL"), "/")
	if address != "" {
		return m.Run()
	}
	stop, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dodo-emulator:", err)
		return 1
	}
	defer stop()
	return m.Run()
}

func start() (stop func(), err error) {
	folder, err := os.MkdirTemp("", "dodo-emulator-")
	if err != nil {
		return nil, err
	}
	line := os.Getenv("DODO_EMULATOR")
	if line == "" {
		line = "npx dodo-emulator"
	}
	portFile := filepath.Join(folder, "port")
	words := append(strings.Fields(line), "start", "--port", "0", "--port-file", portFile, "--database", ":memory:")
	command := exec.Command(words[0], words[1:]...)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	stop = func() {
		command.Process.Signal(os.Interrupt)
		<-ended
		os.RemoveAll(folder)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if port, err := os.ReadFile(portFile); err == nil && len(bytes.TrimSpace(port)) > 0 {
			address = "http://127.0.0.1:" + string(bytes.TrimSpace(port))
			return stop, nil
		}
		select {
		case err := <-ended:
			os.RemoveAll(folder)
			return nil, fmt.Errorf("it ended instead of starting: %v", err)
		default:
		}
	}
	stop()
	return nil, fmt.Errorf("it has not started after 30 s")
}

// Sandbox is an isolated copy of the initial data. URL is its base URL, and any text is its API key.
type Sandbox struct {
	URL string
	t   testing.TB
}

// New returns the sandbox of a test, and deletes it when the test ends. Tests can run in parallel.
func New(t testing.TB) *Sandbox {
	t.Helper()
	if address == "" {
		t.Fatal("call emulator.Main in TestMain")
	}
	name := fmt.Sprintf("go-%d-%d", os.Getpid(), count.Add(1))
	t.Cleanup(func() { (&Sandbox{address, t}).Control("DELETE", "/sandboxes/"+name, nil, nil) })
	return &Sandbox{address + "/~" + name, t}
}

// Control calls /_emulator, as described on the emulator's page /docs, and ends the test if the call is refused.
func (s *Sandbox) Control(method, path string, body, reply any) {
	s.t.Helper()
	content := []byte{}
	if body != nil {
		content, _ = json.Marshal(body)
	}
	request, err := http.NewRequest(method, s.URL+"/_emulator"+path, bytes.NewReader(content))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("content-type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		s.t.Fatalf("%s %s: %s %s %v", method, path, response.Status, text, err)
	}
	if reply != nil {
		if err := json.Unmarshal(text, reply); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Pay pays a payment or a checkout session with a test card, as its customer would.
func (s *Sandbox) Pay(id, card string) {
	s.t.Helper()
	kind := "payments"
	if strings.HasPrefix(id, "cks_") {
		kind = "checkouts"
	}
	s.Control("POST", "/"+kind+"/"+id+"/pay", map[string]string{"card": card}, nil)
}

// Advance moves the clock. Everything that falls due happens, such as renewals.
func (s *Sandbox) Advance(by time.Duration) {
	s.t.Helper()
	s.Control("POST", "/clock", map[string]int64{"advance_ms": by.Milliseconds()}, nil)
}

// Idle waits until all webhooks that are due were sent.
func (s *Sandbox) Idle() {
	s.t.Helper()
	s.Control("GET", "/idle", nil, nil)
}

// Event is a webhook event. Its body is what an endpoint receives.
type Event struct {
	Type string          `json:"type"`
	Body json.RawMessage `json:"body"`
}

// WaitForEvent returns the first event of a type, past or future. It ends the test after four seconds.
func (s *Sandbox) WaitForEvent(kind string) Event {
	s.t.Helper()
	var list struct{ Items []Event }
	for deadline := time.Now().Add(4 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		s.Control("GET", "/events?page_size=100", nil, &list)
		for index := len(list.Items) - 1; index >= 0; index-- {
			if list.Items[index].Type == kind {
				return list.Items[index]
			}
		}
	}
	s.t.Fatalf("no %s within 4 s; there were %d other events", kind, len(list.Items))
	return Event{}
}
