package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"
)

var registryHost = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com`)

// Tells kubelet by which token an image of ECR is pulled: the one that the local ECR gives its account.
//
// https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/
func provideCredentials(endpoint string, from io.Reader, to io.Writer) error {
	var asked struct {
		Image string `json:"image"`
	}
	if err := json.NewDecoder(from).Decode(&asked); err != nil {
		return err
	}
	host := registryHost.FindStringSubmatch(asked.Image)
	if host == nil {
		return fmt.Errorf("%q is no image of ECR", asked.Image)
	}
	token, err := authorizationToken(endpoint, host[1], host[2])
	if err != nil {
		return err
	}
	user, password, _ := strings.Cut(token, ":")
	return json.NewEncoder(to).Encode(map[string]any{
		"apiVersion":   "credentialprovider.kubelet.k8s.io/v1",
		"kind":         "CredentialProviderResponse",
		"cacheKeyType": "Registry",
		// Short, as a reset of the emulator ends all tokens.
		"cacheDuration": "10s",
		"auth":          map[string]any{host[0]: map[string]string{"username": user, "password": password}},
	})
}

func authorizationToken(endpoint, account, region string) (string, error) {
	request, err := http.NewRequest("POST", endpoint, strings.NewReader("{}"))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
	// The emulator takes an access key of 12 digits for the account, and checks no signature of this call.
	request.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=%s/%s/%s/ecr/aws4_request, SignedHeaders=host, Signature=0",
		account, time.Now().UTC().Format("20060102"), region,
	))
	client := http.Client{Timeout: 20 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var given struct {
		Data []struct {
			Token string `json:"authorizationToken"`
		} `json:"authorizationData"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&given); err != nil {
		return "", err
	}
	if answer.StatusCode != http.StatusOK || len(given.Data) == 0 {
		return "", fmt.Errorf("the local ECR answered %s", answer.Status)
	}
	decoded, err := base64.StdEncoding.DecodeString(given.Data[0].Token)
	return string(decoded), err
}
