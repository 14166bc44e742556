import Foundation
import LocalAuthentication
import Security

enum VaultError: Error {
    case refused(OSStatus)
    case noAccessControl
}

final class Vault {
    private func access() throws -> SecAccessControl {
        let made = SecAccessControlCreateWithFlags(nil, kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, .biometryCurrentSet, nil)
        guard let made else { throw VaultError.noAccessControl }
        return made
    }

    func keep(phrase: String) throws {
        let query: [String: Any] = [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrAccount as String: "wallet",
            kSecValueData as String: Data(phrase.utf8),
            kSecAttrAccessControl as String: try access(),
            kSecAttrSynchronizable as String: false,
        ]
        let status = SecItemAdd(query as CFDictionary, nil)
        guard status == errSecSuccess else { throw VaultError.refused(status) }
    }
}
