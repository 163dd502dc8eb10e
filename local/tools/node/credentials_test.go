package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An ECR that answers so, and what it was asked.
func registry(t *testing.T, status int, body string) (*httptest.Server, *http.Request) {
	t.Helper()
	asked := &http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		*asked = *request
		answer.WriteHeader(status)
		answer.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server, asked
}

func token(text string) string {
	return `{"authorizationData":[{"authorizationToken":"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"}]}`
}

const image = `{"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/groundplan/dev/app@sha256:0"}`

func TestGivesTheTokenOfTheImagesAccount(t *testing.T) {
	server, asked := registry(t, http.StatusOK, token("AWS:secret:with:colons"))
	var given bytes.Buffer
	if err := provideCredentials(server.URL, strings.NewReader(image), &given); err != nil {
		t.Fatal(err)
	}
	var response struct {
		Kind string                       `json:"kind"`
		Auth map[string]map[string]string `json:"auth"`
	}
	if err := json.Unmarshal(given.Bytes(), &response); err != nil {
		t.Fatal(err)
	}
	auth := response.Auth["123456789012.dkr.ecr.eu-west-1.amazonaws.com"]
	if response.Kind != "CredentialProviderResponse" || auth["username"] != "AWS" || auth["password"] != "secret:with:colons" {
		t.Errorf("given is %s", given.String())
	}
	if header := asked.Header.Get("Authorization"); !strings.Contains(header, "Credential=123456789012/") ||
		!strings.Contains(header, "/eu-west-1/ecr/aws4_request") {
		t.Errorf("asked as %q", header)
	}
}

func TestGivesNothingToOtherRegistries(t *testing.T) {
	server, _ := registry(t, http.StatusOK, token("AWS:secret"))
	for _, asked := range []string{
		`{"image":"docker.io/library/node"}`,
		`{"image":"evil.example/123456789012.dkr.ecr.eu-west-1.amazonaws.com/app"}`,
		`{"image":"12345.dkr.ecr.eu-west-1.amazonaws.com/app"}`,
		`no JSON`,
	} {
		var given bytes.Buffer
		if err := provideCredentials(server.URL, strings.NewReader(asked), &given); err == nil || given.Len() > 0 {
			t.Errorf("%s gets %q", asked, given.String())
		}
	}
}

func TestSaysWhatTheRegistryAnswered(t *testing.T) {
	for body, status := range map[string]int{
		`{"message":"no"}`:            http.StatusForbidden,
		`{"authorizationData":[]}`:    http.StatusOK,
		`<html>a proxy's page</html>`: http.StatusBadGateway,
	} {
		server, _ := registry(t, status, body)
		if token, err := authorizationToken(server.URL, "123456789012", "eu-west-1"); err == nil {
			t.Errorf("%d %s gives %q", status, body, token)
		}
	}
}
