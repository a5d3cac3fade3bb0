package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"sync"

	"github.com/dodopayments/dodopayments-go/option"
)

// receiver is a webhook endpoint on a free port. It accepts only what the client's own helper verifies.
type receiver struct {
	url   string
	mutex sync.Mutex
	key   string
	seen  map[string]bool
}

func startReceiver() *receiver {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatalln("not ok:", err)
	}
	r := &receiver{url: "http://" + listener.Addr().String() + "/webhook", seen: map[string]bool{}}
	go func() { log.Fatalln(http.Serve(listener, r)) }()
	return r
}

func (r *receiver) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		writer.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	event, err := client.Webhooks.Unwrap(body, request.Header, option.WithWebhookKey(r.key))
	if err != nil {
		writer.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.seen[string(event.Type)] = true
	writer.WriteHeader(http.StatusOK)
}

func (r *receiver) setKey(key string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.key = key
}

func (r *receiver) has(kind string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.seen[kind]
}

func (r *receiver) types() (types []string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for kind := range r.seen {
		types = append(types, kind)
	}
	return types
}
