// Command server is what the tests of a real node run in a pod: it does as it is told.
package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

func main() {
	if len(os.Args) > 1 {
		fmt.Println(strings.Join(os.Args[1:], " "))
		return
	}
	name, _ := os.Hostname()
	var refusing atomic.Bool
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, name) })
	http.HandleFunc("/ready", func(answer http.ResponseWriter, _ *http.Request) {
		if refusing.Load() {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/refuse", func(http.ResponseWriter, *http.Request) { refusing.Store(true) })
	http.HandleFunc("/end", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	http.HandleFunc("/fill", func(http.ResponseWriter, *http.Request) {
		for held := [][]byte{}; ; {
			part := make([]byte, 1<<20)
			for at := 0; at < len(part); at += 4096 {
				part[at] = 1
			}
			held = append(held, part)
		}
	})
	http.HandleFunc("/look", func(answer http.ResponseWriter, request *http.Request) {
		found, err := net.LookupHost(request.URL.Query().Get("name"))
		if err != nil {
			fmt.Fprintln(answer, err)
			return
		}
		fmt.Fprintln(answer, strings.Join(found, " "))
	})
	// Asks the Kubernetes API who this pod is, as its service account.
	http.HandleFunc("/api", func(answer http.ResponseWriter, _ *http.Request) {
		token, _ := os.ReadFile(account + "token")
		url := fmt.Sprintf("https://%s:%s/version", os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
		request, _ := http.NewRequest("GET", url, nil)
		request.Header.Set("Authorization", "Bearer "+string(token))
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
		got, err := client.Do(request)
		if err != nil {
			fmt.Fprintln(answer, err)
			return
		}
		fmt.Fprintln(answer, got.StatusCode)
	})
	http.HandleFunc("/get", func(answer http.ResponseWriter, request *http.Request) {
		got, err := http.Get(request.URL.Query().Get("url"))
		if err != nil {
			fmt.Fprintln(answer, err)
			return
		}
		fmt.Fprintln(answer, got.StatusCode)
	})
	fmt.Println("listening")
	fmt.Println(http.ListenAndServe(":8080", nil))
}
