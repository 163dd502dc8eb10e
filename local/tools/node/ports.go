package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

// How often the Services are looked at.
const portsInterval = 2 * time.Second

// What is read of the Services.
type services struct {
	Items []struct {
		Spec struct {
			Ports []struct {
				NodePort int    `json:"nodePort"`
				Protocol string `json:"protocol"`
			} `json:"ports"`
		} `json:"spec"`
	} `json:"items"`
}

// Opens the ports of Services (NodePort, LoadBalancer) on the machine's loopback address, as long as they are there.
func leadNodePorts(told settings, inside, outside *os.File) {
	address, _, _ := strings.Cut(told.Address, "/")
	open := map[int]net.Listener{}
	taken := map[int]bool{}
	for ; ; time.Sleep(portsInterval) {
		wanted, err := nodePorts(told)
		if err != nil {
			continue
		}
		for port, listener := range open {
			if !wanted[port] {
				listener.Close()
				delete(open, port)
			}
		}
		for port := range wanted {
			if open[port] != nil || taken[port] {
				continue
			}
			listener, err := listen(
				place{outside, fmt.Sprintf("127.0.0.1:%d", port)},
				place{inside, fmt.Sprintf("%s:%d", address, port)},
			)
			if err != nil {
				log.Printf("the port of a Service is not led in: %s", err)
				taken[port] = true
				continue
			}
			open[port] = listener
		}
	}
}

func nodePorts(told settings) (map[int]bool, error) {
	authority, err := os.ReadFile(told.Authority)
	if err != nil {
		return nil, err
	}
	token, err := os.ReadFile(told.Token)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true},
	}
	request, err := http.NewRequest("GET", told.API+"/api/v1/services", nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var found services
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the API answered %s", answer.Status)
	}
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		return nil, err
	}
	ports := map[int]bool{}
	for _, item := range found.Items {
		for _, port := range item.Spec.Ports {
			if port.NodePort != 0 && port.Protocol == "TCP" {
				ports[port.NodePort] = true
			}
		}
	}
	return ports, nil
}
