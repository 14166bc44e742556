package org.heron.wallet

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import androidx.biometric.BiometricPrompt
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

class Vault(private val prompt: BiometricPrompt) {
    fun seedKey(): SecretKey {
        val spec = KeyGenParameterSpec.Builder("seed", KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, "AndroidKeyStore").apply { init(spec) }.generateKey()
    }

    fun reveal(info: BiometricPrompt.PromptInfo) {
        prompt.authenticate(info)
    }
}
