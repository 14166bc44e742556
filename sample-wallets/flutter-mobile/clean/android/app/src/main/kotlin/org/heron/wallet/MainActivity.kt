package org.heron.wallet

import android.os.Bundle
import android.view.WindowManager
import io.flutter.embedding.android.FlutterFragmentActivity
import io.flutter.embedding.engine.FlutterEngine
import io.flutter.plugin.common.MethodChannel

class MainActivity : FlutterFragmentActivity() {
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, WindowManager.LayoutParams.FLAG_SECURE)
        window.setHideOverlayWindows(true)
    }

    override fun configureFlutterEngine(engine: FlutterEngine) {
        super.configureFlutterEngine(engine)
        val vault = Vault(this)
        MethodChannel(engine.dartExecutor.binaryMessenger, "org.heron.wallet/vault").setMethodCallHandler { call, result ->
            when (call.method) {
                "keep" -> vault.keep(requireNotNull<String>(call.argument("phrase"))) { result.success(true) }
                else -> result.notImplemented()
            }
        }
    }
}
