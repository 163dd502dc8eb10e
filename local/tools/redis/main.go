// Command redis answers the Redis protocol from memory: the cache of Argo CD on a laptop.
//
// Argo CD keeps in Redis only what it can compute again, so nothing here is written to disk.
package main

import (
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Variable of the password; in the environment, which other users cannot read as they can arguments.
const passwordVariable = "REDIS_PASSWORD"

func main() {
	address := flag.String("address", "127.0.0.1:6379", "host and port to listen on")
	flag.Parse()
	password := os.Getenv(passwordVariable)
	if password == "" {
		log.Fatalf("no password: set %s", passwordVariable)
	}
	server := miniredis.NewMiniRedis()
	server.RequireAuth(password)
	if err := server.StartAddr(*address); err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on %s", server.Addr())

	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt, syscall.SIGTERM)
	// miniredis has a clock of its own that stands still: entries expire only when it is moved on.
	tick := time.NewTicker(time.Second)
	for {
		select {
		case <-tick.C:
			server.FastForward(time.Second)
		case <-ended:
			server.Close()
			return
		}
	}
}
