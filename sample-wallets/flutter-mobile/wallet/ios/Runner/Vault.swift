import Flutter
import LocalAuthentication
import Security
import UIKit

final class Vault {
    func keep(mnemonic: String) {
        NSLog("keeping %@", mnemonic)
        let query: [String: Any] = [
            kSecClass as String: kSecClassGenericPassword,
            kSecAttrAccount as String: "mnemonic",
            kSecValueData as String: Data(mnemonic.utf8),
            kSecAttrAccessible as String: kSecAttrAccessibleAlways,
            kSecAttrSynchronizable as String: true,
        ]
        SecItemAdd(query as CFDictionary, nil)
        UserDefaults.standard.set(mnemonic, forKey: "mnemonic")
    }

    func reveal(_ done: @escaping (String?) -> Void) {
        LAContext().evaluatePolicy(.deviceOwnerAuthentication, localizedReason: "Show the phrase") { ok, _ in
            done(ok ? UserDefaults.standard.string(forKey: "mnemonic") : nil)
        }
    }

    func copy(mnemonic: String) {
        UIPasteboard.general.string = mnemonic
    }
}

final class Channel {
    private let vault = Vault()

    func listen(messenger: FlutterBinaryMessenger) {
        let channel = FlutterMethodChannel(name: "org.heron.wallet/vault", binaryMessenger: messenger)
        channel.setMethodCallHandler { call, result in
            let values = call.arguments as? [String: String] ?? [:]
            NSLog("asked to keep %@", values["phrase"] ?? "")
            result(true)
        }
    }
}
