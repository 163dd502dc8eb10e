package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// What is read of a Service.
type service struct {
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
	Spec struct {
		ClusterIP string `json:"clusterIP"`
		Ports     []struct {
			NodePort int    `json:"nodePort"`
			Protocol string `json:"protocol"`
		} `json:"ports"`
	} `json:"spec"`
}

// What is read of the pods behind a Service.
type slice struct {
	Metadata struct {
		Namespace string            `json:"namespace"`
		Labels    map[string]string `json:"labels"`
	} `json:"metadata"`
	Endpoints []struct {
		Addresses  []string `json:"addresses"`
		Hostname   string   `json:"hostname"`
		Conditions struct {
			Ready *bool `json:"ready"`
		} `json:"conditions"`
	} `json:"endpoints"`
}

// Asks the Kubernetes API for Services.
type client struct {
	told settings
	http *http.Client
}

// The authority is there as soon as the API server is.
func (c *client) connect() error {
	if c.http != nil {
		return nil
	}
	authority, err := os.ReadFile(c.told.Authority)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	c.http = &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
	}
	return nil
}

func (c *client) list(path string, into any) error {
	if err := c.connect(); err != nil {
		return err
	}
	token, err := os.ReadFile(c.told.Token)
	if err != nil {
		return err
	}
	request, err := http.NewRequest("GET", c.told.API+path, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	answer, err := c.http.Do(request)
	if err != nil {
		// It may have been started anew, with another authority.
		c.http = nil
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the API answered %s", answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

func (c *client) services() ([]service, error) {
	var found struct{ Items []service }
	err := c.list("/api/v1/services", &found)
	return found.Items, err
}

func (c *client) slices() ([]slice, error) {
	var found struct{ Items []slice }
	err := c.list("/apis/discovery.k8s.io/v1/endpointslices", &found)
	return found.Items, err
}
