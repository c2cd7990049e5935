<?php
// composer require firebase/php-jwt
require __DIR__ . '/vendor/autoload.php';

use Firebase\JWT\JWT;

/** One token for one page or one answer of your token endpoint. */
function signContactJwt(array $user): string
{
    $now = time();
    $claims = [
        'identity' => $user['id'],
        'comm100.name' => $user['name'],
        'comm100.email' => $user['email'],
        'iat' => $now,
        'exp' => $now + 600,
    ];
    return JWT::encode($claims, getenv('CONTACT_JWT_PRIVATE_KEY'), 'RS256', '2026-rsa');
}

echo signContactJwt(['id' => 'user-123', 'name' => 'Ada Lovelace', 'email' => 'ada@acme.example']), PHP_EOL;
