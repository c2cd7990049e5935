// go get github.com/golang-jwt/jwt/v5
package main

import (
	"crypto/rsa"
	"fmt"
	"os"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type user struct{ id, name, email string }

// signContactJWT makes one token for one page or one answer of your token endpoint.
func signContactJWT(u user, key *rsa.PrivateKey) (string, error) {
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"identity":      u.id,
		"comm100.name":  u.name,
		"comm100.email": u.email,
		"iat":           now.Unix(),
		"exp":           now.Add(10 * time.Minute).Unix(),
	})
	token.Header["kid"] = "2026-rsa"
	return token.SignedString(key)
}

func main() {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(os.Getenv("CONTACT_JWT_PRIVATE_KEY")))
	if err != nil {
		panic(err)
	}
	token, err := signContactJWT(user{"user-123", "Ada Lovelace", "ada@acme.example"}, key)
	if err != nil {
		panic(err)
	}
	fmt.Println(token)
}
